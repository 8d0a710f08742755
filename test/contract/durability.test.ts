import { readdirSync, rmSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { CONFIG_TOPIC } from "@contrail/bus";
import { createEmbeddedBus } from "@contrail/bus-embedded";
import { silentLogger } from "@contrail/observability";
import { createAuthority, issue } from "@contrail/pki";
import { systemClock } from "@contrail/runtime";
import type { ConfigObject } from "@contrail/schema";
import { openSqliteStore } from "@contrail/store-sqlite";
import { configWire, fromWireChange } from "@contrail/wire";
import { expect, test } from "vitest";
import { KILLS, SEED } from "./config.ts";
import { ConfigNodeProcess } from "./config-node-process.ts";
import { findOrphans } from "./orphans.ts";
import { seededRandom } from "./seeded-random.ts";
import { WritingClient } from "./writing-client.ts";

const CLIENTS = 4;
/** One kill in so many comes while the node starts. */
const START_KILL_ONE_IN = 3;
/** Kills while the databases are made. */
const FIRST_START_KILLS = 2;
const PER_KILL_MS = 30_000;
const SETTLE_MS = 30_000;

test("kill -9 at any moment loses no acknowledged write, leaves no half object, and every write reaches the log", {
  timeout: 120_000 + KILLS * PER_KILL_MS,
}, async () => {
  const random = seededRandom(SEED);
  const busPort = await freePort();
  const pki = await certificates();
  const flags = ["--bus-listen", `127.0.0.1:${busPort}`, "--pki-dir", pki.directory];
  const node = new ConfigNodeProcess(flags);
  const follower = new Follower(pki, busPort);
  try {
    for (let kill = 0; kill < FIRST_START_KILLS; kill++) {
      await killWhileStarting(node, Math.floor(random() * 400_000));
    }
    await node.run();
    const network = await createNetwork(node.port);
    const clients = Array.from(
      { length: CLIENTS },
      (_, index) => new WritingClient(`c${index}`, seededRandom(SEED + index), network),
    );
    let killsAtStart = FIRST_START_KILLS;
    for (let kill = 0; kill < KILLS; kill++) {
      await writeAndKill(node, clients, 5 + Math.floor(random() * 120));
      if (Math.floor(random() * START_KILL_ONE_IN) === 0) {
        await killWhileStarting(node, Math.floor(random() * 4_000));
        killsAtStart++;
      }
      await node.run();
      const problems = await Promise.all(clients.map((client) => client.verify(node.port)));
      expect(problems.flat(), `seed ${SEED}, kill ${kill}`).toEqual([]);
      await expectAddressesSound(node.port, network, clients);
    }
    await settled(node.introspectPort);
    const counts = clients.map((client) => client.counts);
    const sum = (key: "acknowledged" | "refused" | "unanswered") =>
      counts.reduce((total, item) => total + item[key], 0);
    const shown = `${sum("acknowledged")} writes acknowledged, ${sum("unanswered")} without answer, ${sum("refused")} refused`;
    process.stderr.write(
      `durability: seed ${SEED}, ${KILLS} kills while writing and ${killsAtStart} while starting, ${shown}\n`,
    );
    expect(sum("unanswered")).toBeGreaterThanOrEqual(KILLS);
    expect(sum("refused")).toBe(0);
    const end = await highWaterMark(node.introspectPort);
    const followed = await follower.upTo(end);
    const replayed = await new Follower(pki, busPort).upTo(end);
    await node.end();
    const stored = await storedObjects(node.directory);
    expect(replayed).toEqual(stored);
    expect(followed).toEqual(stored);
  } finally {
    await node.kill();
    for (const directory of [node.directory, pki.directory]) rmSync(directory, { recursive: true, force: true });
  }
});

/** Lets all clients write, and kills the node in the middle of the given call of theirs. */
async function writeAndKill(node: ConfigNodeProcess, clients: readonly WritingClient[], calls: number): Promise<void> {
  let left = calls;
  const sent = (): void => {
    left--;
    if (left === 0) void node.kill();
  };
  await Promise.all(clients.map((client) => client.writeUntilGone(node.port, sent)));
  await node.kill();
}

/** Starts the node and kills it once its files have grown by so many bytes, or it serves: whichever comes first. */
async function killWhileStarting(node: ConfigNodeProcess, growthBytes: number): Promise<void> {
  const before = sizeOf(node.directory);
  const child = node.spawn();
  let serves = false;
  child.stderr?.on("data", (text: Buffer) => {
    serves ||= String(text).includes('"serving"');
  });
  const deadline = Date.now() + SETTLE_MS;
  while (!serves && Math.abs(sizeOf(node.directory) - before) < growthBytes && Date.now() < deadline) {
    await new Promise((resolve) => setImmediate(resolve));
  }
  await node.kill();
}

/** Bytes of the files in a directory. */
function sizeOf(directory: string): number {
  return readdirSync(directory).reduce((sum, name) => {
    return sum + (statSync(join(directory, name), { throwIfNoEntry: false })?.size ?? 0);
  }, 0);
}

/** Rebuilds the objects from the log alone, as control nodes do; goes on over restarts of the node. */
class Follower {
  readonly #objects = new Map<string, ConfigObject>();
  readonly #revisions = new Map<string, bigint>();
  readonly #reading: Promise<void>;
  readonly #stop = new AbortController();
  #passed = 0n;

  constructor(pki: Certificates, port: number) {
    const bus = createEmbeddedBus({
      address: `127.0.0.1:${port}`,
      identity: pki.follower,
      clock: systemClock,
      logger: silentLogger,
      random: () => 0,
    });
    this.#reading = (async () => {
      for await (const { records, highWaterMark } of bus.read(CONFIG_TOPIC, 0n, this.#stop.signal)) {
        for (const { value, offset } of records) {
          if (value !== undefined) this.#apply(value);
          this.#passed = offset + 1n;
        }
        if (records.length === 0) this.#passed = highWaterMark;
      }
      await bus.close();
    })();
  }

  /** Everything that exists by the log up to an offset, by uuid. */
  async upTo(end: bigint): Promise<Map<string, ConfigObject>> {
    const deadline = Date.now() + SETTLE_MS;
    while (this.#passed < end) {
      if (Date.now() > deadline) throw new Error(`the follower is at ${this.#passed}, not ${end}`);
      await new Promise((resolve) => setImmediate(resolve));
    }
    this.#stop.abort();
    await this.#reading;
    return this.#objects;
  }

  #apply(bytes: Uint8Array): void {
    const change = fromWireChange(configWire.ObjectChange.decode(bytes));
    if (change === undefined) throw new Error("a record on the bus says nothing");
    const { uuid, revision } = change.kind === "upsert" ? change.object : change;
    const before = this.#revisions.get(uuid) ?? 0n;
    // At least once: the same revision may come again, an older one never.
    if (revision < before) throw new Error(`${uuid} went back from revision ${before} to ${revision}`);
    this.#revisions.set(uuid, revision);
    if (change.kind === "upsert") this.#objects.set(uuid, change.object);
    else this.#objects.delete(uuid);
  }
}

async function storedObjects(directory: string): Promise<Map<string, ConfigObject>> {
  const store = await openSqliteStore(join(directory, "objects.db"));
  const found = new Map<string, ConfigObject>();
  for await (const object of store.all()) found.set(object.uuid, object);
  expect(await store.outbox(10)).toEqual([]);
  expect((await findOrphans(store)).problems).toEqual([]);
  await store.close();
  return found;
}

/** No address twice, and none taken that no object has. */
async function expectAddressesSound(port: number, network: string, clients: readonly WritingClient[]): Promise<void> {
  const base = `http://127.0.0.1:${port}`;
  const list = (await (await fetch(`${base}/instance-ips?detail=True`)).json()) as Record<string, unknown[]>;
  const ips = (list["instance-ips"] ?? []) as { "instance-ip": { uuid: string; instance_ip_address: string } }[];
  const addresses = ips.map((item) => item["instance-ip"].instance_ip_address);
  expect(new Set(addresses).size).toBe(addresses.length);
  expect(ips.map((item) => item["instance-ip"].uuid).sort()).toEqual(
    clients.flatMap((client) => client.existing("instance-ip")).sort(),
  );
  const subnets = (await (await fetch(`${base}/virtual-network/${network}`)).json()) as NetworkBody;
  const subnet = subnets["virtual-network"].network_ipam_refs[0]?.attr.ipam_subnets[0]?.subnet_uuid;
  const body = JSON.stringify({ subnet_list: [subnet] });
  const counted = await fetch(`${base}/virtual-network/${network}/subnet-ip-count`, { method: "POST", body });
  expect(await counted.json()).toEqual({ ip_count_list: [addresses.length] });
}

interface NetworkBody {
  readonly "virtual-network": {
    readonly network_ipam_refs: readonly {
      readonly attr: { readonly ipam_subnets: readonly { subnet_uuid: string }[] };
    }[];
  };
}

async function createNetwork(port: number): Promise<string> {
  const project = ["default-domain", "default-project"];
  const attr = { ipam_subnets: [{ subnet: { ip_prefix: "10.0.0.0", ip_prefix_len: 16 } }] };
  const network_ipam_refs = [{ to: [...project, "default-network-ipam"], attr }];
  const body = JSON.stringify({ "virtual-network": { fq_name: [...project, "shared"], network_ipam_refs } });
  const answer = await fetch(`http://127.0.0.1:${port}/virtual-networks`, { method: "POST", body });
  return ((await answer.json()) as Record<string, { uuid: string }>)["virtual-network"]?.uuid ?? "";
}

interface Status {
  readonly unpublished: number;
  readonly leading: boolean;
  readonly derivedPending: number;
  readonly log: string;
}

async function statusOf(introspectPort: number): Promise<Status> {
  return (await (await fetch(`http://127.0.0.1:${introspectPort}/status`)).json()) as Status;
}

/** Resolves when everything is published and the transformer has nothing more to write. */
async function settled(introspectPort: number): Promise<void> {
  const deadline = Date.now() + SETTLE_MS;
  for (let before = ""; Date.now() < deadline; ) {
    const status = await statusOf(introspectPort);
    const shown = JSON.stringify(status);
    if (status.unpublished === 0 && status.leading && status.derivedPending === 0 && shown === before) return;
    before = shown;
  }
  throw new Error("the node did not come to rest");
}

async function highWaterMark(introspectPort: number): Promise<bigint> {
  return BigInt((await statusOf(introspectPort)).log);
}

type Certificates = Awaited<ReturnType<typeof certificates>>;

async function certificates() {
  const { directory } = new ConfigNodeProcess();
  await createAuthority(directory);
  await issue(directory, { role: "config", name: "config", addresses: ["127.0.0.1"] });
  const follower = await issue(directory, { role: "control", name: "follower", addresses: ["127.0.0.1"] });
  return { directory, follower };
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}
