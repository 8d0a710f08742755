import type { ConfigObject } from "@contrail/schema";
import type { ObjectStore } from "@contrail/store";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openStore } from "./adapters.ts";
import { missingServers } from "./config.ts";
import { ConfigPair, eventually, PROJECT } from "./config-pair.ts";
import { START_MS, upServers } from "./servers.ts";

const missing = missingServers();
if (missing !== undefined) process.stderr.write(`skipped: paused leader ${missing}\n`);

const BURST = 12;

describe.skipIf(missing !== undefined)("the leader of two configuration nodes", () => {
  let pair: ConfigPair;
  let store: ObjectStore;

  beforeAll(async () => {
    const servers = { ...(await upServers("cassandra")), kafkaBrokers: (await upServers("kafka")).kafkaBrokers };
    const keyspace = `leader_${process.pid}`;
    pair = await ConfigPair.start(servers, keyspace);
    store = await openStore(servers, keyspace);
  }, 2 * START_MS);

  afterAll(async () => {
    pair?.node(0).signal("SIGCONT");
    pair?.node(1).signal("SIGCONT");
    await pair?.stop();
    await store?.close();
  }, START_MS);

  const leader = async (): Promise<number> => {
    const statuses = await eventually(
      () => Promise.all([pair.status(0), pair.status(1)]),
      (all) => all.filter(({ leading }) => leading).length === 1,
    );
    return statuses.findIndex(({ leading }) => leading);
  };

  const derived = async (): Promise<ReadonlyMap<string, ConfigObject>> => {
    const found = new Map<string, ConfigObject>();
    for await (const object of store.all()) if (object.derived) found.set(object.uuid, object);
    return found;
  };

  test(
    "that is paused in its work and wakes when the other has taken over writes nothing any more",
    async () => {
      const old = await leader();
      const other = old + 1;
      const before = BigInt((await pair.status(old)).epoch ?? "0");
      // Through the other node: its answers do not wait for the one that is stopped.
      const burst = Array.from({ length: BURST }, (_, index) =>
        pair.create(other, "virtual-network", [...PROJECT, `burst${index}`]),
      );
      await Promise.any(burst);
      pair.node(old).signal("SIGSTOP");
      const made = await Promise.all(burst);
      const epoch = BigInt((await pair.until(other, ({ leading }) => leading)).epoch ?? "0");
      expect(epoch).toBeGreaterThan(before);
      await pair.json(other, "DELETE", `/virtual-network/${made[0]}`);
      await pair.until(other, ({ derivedPending, unpublished }) => derivedPending === 0 && unpublished === 0);
      const taken = await derived();
      const early = [...taken.values()].filter((object) => object.epoch < epoch).length;

      pair.node(old).signal("SIGCONT");
      await pair.until(old, ({ leading }) => !leading);
      // What the new leader derives from now on reaches the old one too, which has every reason to write.
      await pair.create(old, "virtual-network", [...PROJECT, "after"]);
      await eventually(derived, (all) => all.size > taken.size);
      await Promise.all([0, 1].map((node) => pair.until(node, ({ derivedPending }) => derivedPending === 0)));
      const after = await derived();
      const changed = [...after.values()].filter(({ uuid, revision }) => taken.get(uuid)?.revision !== revision);
      process.stderr.write(
        `paused leader: epoch ${before} had written ${early} of ${taken.size} derived objects, ` +
          `epoch ${epoch} ${changed.length} since it woke\n`,
      );
      expect(changed.filter((object) => object.epoch < epoch)).toEqual([]);
      expect(changed.length).toBeGreaterThan(0);
      const names = new Set([...after.values()].filter(({ type }) => type === "routing-instance").map(nameOf));
      const wanted = Array.from({ length: BURST - 1 }, (_, index) => `burst${index + 1}`);
      expect(["after", ...wanted].filter((name) => !names.has(name))).toEqual([]);
      expect(names.has("burst0")).toBe(false);
    },
    START_MS,
  );

  test(
    "that ends in order lets the other lead at once, and what was written last is derived",
    async () => {
      const old = await leader();
      const other = old + 1;
      await pair.create(old, "virtual-network", [...PROJECT, "last"]);
      const begunMs = performance.now();
      await pair.node(old).end();
      await pair.until(other, ({ leading, derivedPending }) => leading && derivedPending === 0);
      process.stderr.write(`leader's end: the other led after ${Math.round(performance.now() - begunMs)} ms\n`);
      const names = new Set([...(await derived()).values()].map(nameOf));
      expect(names.has("last")).toBe(true);
      await pair.node(old).run();
    },
    START_MS,
  );
});

function nameOf({ fqName }: ConfigObject): string {
  return fqName.at(-1) ?? "";
}
