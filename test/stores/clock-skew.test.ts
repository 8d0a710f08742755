import { randomUUID } from "node:crypto";
import { WrongClock } from "@contrail/test-contract";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { missingServers } from "./config.ts";
import { PROJECT } from "./config-pair.ts";
import { LoneNode } from "./lone-node.ts";
import { START_MS, upServers } from "./servers.ts";

const missing = missingServers() ?? WrongClock.missing;
if (missing !== undefined) process.stderr.write(`skipped: nodes whose clocks differ ${missing}\n`);

const FIVE_MINUTES_S = 300;
const CLIENTS = 4;
const CHANGES = 8;
const LIVES = 6;

describe.skipIf(missing !== undefined)("two configuration nodes whose clocks are ten minutes apart", () => {
  const clocks = [new WrongClock(FIVE_MINUTES_S), new WrongClock(-FIVE_MINUTES_S)];
  let nodes: readonly LoneNode[] = [];

  beforeAll(async () => {
    const servers = { ...(await upServers("cassandra")), kafkaBrokers: (await upServers("kafka")).kafkaBrokers };
    const keyspace = `clocks_${process.pid}`;
    nodes = clocks.map((clock, index) => new LoneNode(servers, keyspace, `config${index}`, () => clock.command()));
    await Promise.all(nodes.map(({ process: node }) => node.run()));
  }, 2 * START_MS);

  afterAll(async () => {
    await Promise.all(nodes.map(({ process: node }) => node.stop()));
    for (const clock of clocks) clock.remove();
  }, START_MS);

  const at = (turn: number): LoneNode => {
    const node = nodes[turn % nodes.length];
    if (node === undefined) throw new Error("no node runs");
    return node;
  };

  test(
    "lose no update, whichever takes it, also while the clocks change places",
    async () => {
      const uuid = randomUUID();
      expect((await at(0).createNetwork("counter", uuid)).status).toBe(200);
      const path = `/virtual-network/${uuid}`;
      await at(0).call("PUT", path, { "virtual-network": { display_name: "0" } });
      let [done, refused] = [0, 0];
      const client = async (index: number): Promise<void> => {
        for (let [turn, own] = [index, 0]; own < CHANGES; turn++) {
          const read = await at(turn).call("GET", path);
          const { display_name } =
            (JSON.parse(read.text) as Record<string, { display_name: string }>)["virtual-network"] ?? {};
          const change = { "virtual-network": { display_name: String(Number(display_name) + 1) } };
          const { status, text } = await at(turn + 1).call("PUT", path, change, {
            "if-match": read.headers.get("etag") ?? "",
          });
          expect([200, 412, 503], text).toContain(status);
          if (status !== 200) refused++;
          if (status !== 200) continue;
          own++;
          done++;
          if (done === (CLIENTS * CHANGES) / 2)
            for (const [n, clock] of clocks.toReversed().entries()) clock.set(n === 0 ? 300 : -300);
        }
      };
      await Promise.all(Array.from({ length: CLIENTS }, (_, index) => client(index)));
      const shown = await at(0).call("GET", path);
      process.stderr.write(
        `clock skew: ${done} changes by ${CLIENTS} clients at two nodes, ${refused} refused and tried again\n`,
      );
      expect(JSON.parse(shown.text)).toMatchObject({ "virtual-network": { display_name: String(CLIENTS * CHANGES) } });
    },
    START_MS,
  );

  test(
    "an object that the one removes and the other makes again, under the same uuid and name, is there",
    async () => {
      const uuid = randomUUID();
      for (let life = 0; life < LIVES; life++) {
        const made = await at(life).createNetwork("again", uuid);
        expect(made.status, made.text).toBe(200);
        expect(await at(life + 1).findNetwork("again")).toBe(uuid);
        const removed = await at(life + 1).call("DELETE", `/virtual-network/${uuid}`);
        expect(removed.status, removed.text).toBe(200);
        expect(await at(life).findNetwork("again")).toBeUndefined();
      }
      const refs = { parent_type: "project", virtual_network_refs: [{ to: [...PROJECT, "counter"] }] };
      const port = { "virtual-machine-interface": { fq_name: [...PROJECT, "port"], ...refs } };
      expect((await at(1).call("POST", "/virtual-machine-interfaces", port)).status).toBe(200);
    },
    START_MS,
  );
});
