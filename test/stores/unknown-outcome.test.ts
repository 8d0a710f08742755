import { randomUUID } from "node:crypto";
import type { ObjectStore } from "@contrail/store";
import { seededRandom } from "@contrail/test-contract";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openStore } from "./adapters.ts";
import { ByteProxy } from "./byte-proxy.ts";
import { missingServers, SEED, SWALLOWS } from "./config.ts";
import { eventually, freePort } from "./config-pair.ts";
import { expectNoOrphans } from "./log-state.ts";
import { LoneNode } from "./lone-node.ts";
import { START_MS, upServers } from "./servers.ts";

const missing = missingServers();
if (missing !== undefined) process.stderr.write(`skipped: writes of unknown outcome ${missing}\n`);

/** Creations that are under way when the answers stop. */
const TOGETHER = 4;
/** The answers stop so long after the calls began, in ms at most: a creation is several statements. */
const LATEST_MS = 40;
/** One in so many times nothing is cut off: the driver's own deadline ends the wait. */
const SILENT_ONE_IN = 6;
const HELD_MS = 150;

describe.skipIf(missing !== undefined)("answers of Cassandra that do not come", () => {
  const proxy = new ByteProxy();
  let node: LoneNode;
  let store: ObjectStore;

  beforeAll(async () => {
    const servers = { ...(await upServers("cassandra")), kafkaBrokers: (await upServers("kafka")).kafkaBrokers };
    const cassandra = servers.servers.filter(({ kind }) => kind === "cassandra");
    const port = await freePort();
    await proxy.listen(
      cassandra.map(({ address }) => address),
      port,
      cassandra[0]?.port ?? 0,
    );
    const cassandraContactPoints = cassandra.map(({ address }) => `${address}:${port}`).join(",");
    const keyspace = `unknown_${process.pid}`;
    node = new LoneNode({ ...servers, cassandraContactPoints }, keyspace);
    await node.process.run();
    store = await openStore(servers, keyspace);
  }, 2 * START_MS);

  afterAll(async () => {
    await node?.process.stop();
    await store?.close();
    await proxy.close();
  }, START_MS);

  test(
    `${SWALLOWS} times: a creation is answered with 200 or 503, and asked for again it is there once`,
    async () => {
      const random = seededRandom(SEED);
      const counts = { taken: 0, unknown: 0, made: 0, found: 0 };
      const wanted = new Map<string, string>();
      for (let round = 0; round < SWALLOWS; round++) {
        const asked = Array.from({ length: TOGETHER }, (_, index) => ({
          name: `u${round}-${index}`,
          uuid: randomUUID(),
        }));
        const isSilent = round % SILENT_ONE_IN === SILENT_ONE_IN - 1;
        const calls = asked.map(({ name, uuid }) => node.createNetwork(name, uuid));
        setTimeout(() => proxy.swallow(), Math.floor(random() * LATEST_MS));
        if (!isSilent) setTimeout(() => proxy.restore(true), LATEST_MS + HELD_MS);
        const answers = await Promise.all(calls);
        proxy.restore(true);
        for (const [index, { status, text, headers }] of answers.entries()) {
          const { name = "", uuid = "" } = asked[index] ?? {};
          wanted.set(name, uuid);
          expect([200, 503], text).toContain(status);
          if (status === 503) expect(headers.get("retry-after")).toBe("1");
          counts[status === 200 ? "taken" : "unknown"]++;
          const again = await eventually(
            () => node.createNetwork(name, uuid),
            (answer) => answer.status !== 503,
          );
          expect([200, 409], again.text).toContain(again.status);
          // What was acknowledged is there.
          if (status === 200) expect(again.status, again.text).toBe(409);
          else counts[again.status === 200 ? "made" : "found"]++;
          expect(await node.findNetwork(name)).toBe(uuid);
        }
      }
      await node.settled();
      const held = new Map<string, string[]>();
      for await (const { type, uuid, fqName } of store.all()) {
        const name = fqName.at(-1) ?? "";
        if (type === "virtual-network" && wanted.has(name)) held.set(name, [...(held.get(name) ?? []), uuid]);
      }
      const links = await expectNoOrphans(store);
      process.stderr.write(
        `unknown outcome: seed ${SEED}, ${proxy.swallowed} bytes of answers swallowed in ${SWALLOWS} rounds; ` +
          `${counts.taken} answered 200, ${counts.unknown} 503, of which ${counts.found} had been made and ${counts.made} ` +
          `were made when asked for again; ${links} links whole\n`,
      );
      expect([...held]).toHaveLength(wanted.size);
      for (const [name, uuids] of held) expect([name, uuids]).toEqual([name, [wanted.get(name)]]);
      expect(proxy.swallowed).toBeGreaterThan(0);
      expect(counts.unknown).toBeGreaterThan(0);
    },
    START_MS + SWALLOWS * 30_000,
  );
});
