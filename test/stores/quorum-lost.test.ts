import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { missingServers, SEED } from "./config.ts";
import { eventually } from "./config-pair.ts";
import { LoneNode } from "./lone-node.ts";
import { type Servers, START_MS, upServers } from "./servers.ts";

const missing = missingServers();
if (missing !== undefined) process.stderr.write(`skipped: Cassandra without a quorum ${missing}\n`);

const BEFORE = 4;
const DURING = 6;

describe.skipIf(missing !== undefined)("two of three Cassandra nodes", () => {
  let node: LoneNode;
  let servers: Servers;

  beforeAll(async () => {
    servers = { ...(await upServers("cassandra")), kafkaBrokers: (await upServers("kafka")).kafkaBrokers };
    node = new LoneNode(servers, `quorum_${process.pid}`);
    await node.process.run();
  }, 2 * START_MS);

  afterAll(async () => {
    await upServers("cassandra");
    await node?.process.stop();
  }, START_MS);

  test(
    "are killed: writes are refused with 503, reads come from memory and say so; with the quorum back all is as before",
    async () => {
      const known = Array.from({ length: BEFORE }, (_, index) => ({ name: `known${index}`, uuid: randomUUID() }));
      for (const { name, uuid } of known) expect((await node.createNetwork(name, uuid)).status).toBe(200);
      await node.settled();
      const cassandra = servers.servers.filter(({ kind }) => kind === "cassandra");
      const victims = cassandra.filter((_, index) => index !== SEED % cassandra.length);
      for (const { pid } of victims) process.kill(pid, "SIGKILL");

      const asked = Array.from({ length: DURING }, (_, index) => ({ name: `asked${index}`, uuid: randomUUID() }));
      const changed = { "virtual-network": { display_name: "changed" } };
      const writes = await Promise.all([
        ...asked.map(({ name, uuid }) => node.createNetwork(name, uuid)),
        node.call("PUT", `/virtual-network/${known[0]?.uuid}`, changed),
        node.call("DELETE", `/virtual-network/${known[1]?.uuid}`),
        node.call("POST", "/useragent-kv", { operation: "STORE", key: "k", value: "v" }),
      ]);
      const told = writes.map(({ status, headers }) => [status, headers.get("retry-after")]);
      expect(told, writes.map(({ text }) => text).join("\n")).toEqual(writes.map(() => [503, "1"]));
      const begunMs = performance.now();
      const reads = await Promise.all([
        ...known.map(({ uuid }) => node.call("GET", `/virtual-network/${uuid}`)),
        node.call("GET", "/virtual-networks"),
        node.call("GET", "/virtual-networks?detail=True"),
      ]);
      const readMs = performance.now() - begunMs;
      const stale = reads.map(({ status, headers }) => [status, headers.get("warning")?.slice(0, 3)]);
      expect(stale, reads.map(({ text }) => text).join("\n")).toEqual(reads.map(() => [200, "110"]));
      expect(JSON.parse(reads[2]?.text ?? "")).toMatchObject({ "virtual-network": { name: "known2" } });
      // Whether it exists nobody can say.
      expect((await node.call("GET", `/virtual-network/${randomUUID()}`)).status).toBe(503);
      expect((await fetch(`http://127.0.0.1:${node.process.introspectPort}/healthz`)).status).toBe(200);

      await upServers("cassandra");
      const quorumMs = performance.now();
      const first = { name: "first", uuid: randomUUID() };
      await eventually(
        () => node.createNetwork(first.name, first.uuid),
        ({ status }) => status !== 503,
      );
      const recoveredMs = performance.now() - quorumMs;
      process.stderr.write(
        `quorum lost: ${victims.map(({ name }) => name).join(" and ")} killed, ${writes.length} writes refused, ` +
          `${reads.length} stale reads in ${Math.round(readMs)} ms; a write was taken ${Math.round(recoveredMs)} ms after the ` +
          "servers were back (bar 5000)\n",
      );
      // A refused write may have been made or not: asked for again it is there, once.
      for (const { name, uuid } of asked) {
        const again = await node.createNetwork(name, uuid);
        expect([200, 409], again.text).toContain(again.status);
        expect(await node.findNetwork(name)).toBe(uuid);
      }
      await node.settled();
      const fresh = await eventually(
        () => node.call("GET", `/virtual-network/${known[2]?.uuid}`),
        ({ headers }) => headers.get("warning") === null,
      );
      expect(fresh.status).toBe(200);
      const list = await node.call("GET", "/virtual-networks");
      const names = [...list.text.matchAll(/"(asked\d|first)"/g)].map(([, name]) => name).sort();
      expect(names).toEqual([...asked.map(({ name }) => name), "first"]);
    },
    2 * START_MS,
  );
});
