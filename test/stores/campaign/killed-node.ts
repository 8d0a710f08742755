import { type Bus, CONFIG_TOPIC } from "@contrail/bus";
import type { ObjectStore } from "@contrail/store";
import { findOrphans, seededRandom, WritingClient } from "@contrail/test-contract";
import { openBus, openStore } from "../adapters.ts";
import { PROJECT } from "../config-pair.ts";
import { LoneNode } from "../lone-node.ts";
import type { Servers } from "../server-commands.ts";
import { findUnlogged } from "./unlogged.ts";

const CLIENTS = 4;
/** Calls of the clients before a kill: 5 and up to so many more. */
const MORE_CALLS = 40;
/** A kill comes so many milliseconds after its call was sent, at most: between its first statement and its answer. */
const LATEST_MS = 30;

/** What one kill left. */
export interface KillReport {
  /** A line for each thing that does not hold. */
  readonly problems: readonly string[];
  /** Milliseconds from the next start's first answer until all is published and derived, while clients read what they have. */
  readonly cleanMs: number;
}

/** What all of them left, at the end. */
export interface KillSum {
  readonly acknowledged: number;
  readonly unanswered: number;
  readonly refused: number;
  readonly objects: number;
  readonly links: number;
  readonly problems: readonly string[];
}

/** A configuration node on Cassandra and Kafka that is killed with -9 again and again, in the middle of its clients' writes. */
export class KilledNode {
  readonly #node: LoneNode;
  readonly #store: ObjectStore;
  readonly #bus: Bus;
  readonly #random: () => number;
  #from = 0n;
  #clients: readonly WritingClient[] = [];
  /** What is there before the clients write. */
  #before: ReadonlySet<string> = new Set();

  private constructor(node: LoneNode, store: ObjectStore, bus: Bus, random: () => number) {
    this.#node = node;
    this.#store = store;
    this.#bus = bus;
    this.#random = random;
  }

  /** Starts it on an empty keyspace; seed: of the moments and of what the clients do. */
  static async start(servers: Servers, keyspace: string, seed: number): Promise<KilledNode> {
    const node = new LoneNode(servers, keyspace);
    const [store, bus] = [await openStore(servers, keyspace), openBus(servers)];
    const killed = new KilledNode(node, store, bus, seededRandom(seed));
    try {
      await killed.#begin(seed);
    } catch (reason) {
      await killed.close();
      throw reason;
    }
    return killed;
  }

  /** One kill, the next start, and what must hold after it. */
  async kill(): Promise<KillReport> {
    const { process: child } = this.#node;
    let left = 5 + Math.floor(this.#random() * MORE_CALLS);
    const sent = (): void => {
      left--;
      if (left === 0) setTimeout(() => void child.kill(), Math.floor(this.#random() * LATEST_MS));
    };
    const { port } = child;
    await Promise.all(this.#clients.map((client) => client.writeUntilGone(port, sent)));
    await child.kill();
    await child.run();
    const servingMs = performance.now();
    const clean = this.#node.settled().then(() => performance.now() - servingMs);
    const verified = Promise.all(this.#clients.map((client) => client.verify(child.port)));
    const [cleanMs, problems] = await Promise.all([clean, verified]);
    return { problems: [...problems.flat(), ...(await findOrphans(this.#store)).problems], cleanMs };
  }

  /** Compares all that is there with what the clients were told, and with the log. */
  async sum(): Promise<KillSum> {
    const { objects, problems: unlogged } = await findUnlogged(this.#store, this.#bus, this.#from);
    const { links, problems: orphans } = await findOrphans(this.#store);
    const count = (key: "acknowledged" | "refused" | "unanswered") =>
      this.#clients.reduce((all, { counts }) => all + counts[key], 0);
    return {
      acknowledged: count("acknowledged"),
      unanswered: count("unanswered"),
      refused: count("refused"),
      objects,
      links,
      problems: [...unlogged, ...orphans, ...(await this.#strangers())],
    };
  }

  async close(): Promise<void> {
    await this.#node.process.stop();
    await this.#bus.close();
    await this.#store.close();
  }

  async #begin(seed: number): Promise<void> {
    this.#from = await this.#bus.highWaterMark(CONFIG_TOPIC);
    await this.#node.process.run();
    const network = await this.#makeNetwork();
    this.#clients = Array.from(
      { length: CLIENTS },
      (_, index) => new WritingClient(`k${index}`, seededRandom(seed + index), network),
    );
    this.#before = new Set((await this.#uuidsOf("virtual-network")).concat(await this.#uuidsOf("project")));
  }

  /** A network that clients ask addresses of. */
  async #makeNetwork(): Promise<string> {
    const attr = { ipam_subnets: [{ subnet: { ip_prefix: "10.0.0.0", ip_prefix_len: 16 } }] };
    const network_ipam_refs = [{ to: [...PROJECT, "default-network-ipam"], attr }];
    const body = { "virtual-network": { fq_name: [...PROJECT, "addressed"], network_ipam_refs } };
    const { text } = await this.#node.call("POST", "/virtual-networks", body);
    return (JSON.parse(text) as { "virtual-network": { uuid: string } })["virtual-network"].uuid;
  }

  async #uuidsOf(type: string): Promise<string[]> {
    const { text } = await this.#node.call("GET", `/${type}s`);
    return ((JSON.parse(text) as Record<string, { uuid: string }[]>)[`${type}s`] ?? []).map(({ uuid }) => uuid);
  }

  /** A line for each object that no client has made, or that one has and the node does not list. */
  async #strangers(): Promise<string[]> {
    const problems: string[] = [];
    for (const type of ["virtual-network", "project", "instance-ip"] as const) {
      const known = new Set(this.#clients.flatMap((client) => client.existing(type)));
      const found = new Set((await this.#uuidsOf(type)).filter((uuid) => !this.#before.has(uuid)));
      for (const uuid of found.difference(known)) problems.push(`${type} ${uuid} is nobody's`);
      for (const uuid of known.difference(found)) problems.push(`${type} ${uuid} is in no list`);
    }
    return problems;
  }
}
