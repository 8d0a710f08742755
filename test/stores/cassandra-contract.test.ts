import { silentLogger } from "@contrail/observability";
import { systemClock } from "@contrail/runtime";
import { type ObjectStore, STORE_CONTRACT } from "@contrail/store";
import { openCassandraStore } from "@contrail/store-cassandra";
import { beforeAll, describe, expect, test } from "vitest";
import { missingServers } from "./config.ts";
import { emptyKeyspace } from "./empty-keyspace.ts";
import { START_MS, upServers } from "./servers.ts";

const missing = missingServers();
if (missing !== undefined) process.stderr.write(`skipped: Cassandra contract ${missing}\n`);

const REPLICATION = 3;
const KEYSPACE = `contract_${process.pid}`;

describe.skipIf(missing !== undefined)("three Cassandra nodes, three copies", () => {
  let contactPoints: readonly string[] = [];
  const open = (keyspace = KEYSPACE): Promise<ObjectStore> =>
    openCassandraStore({
      contactPoints,
      dataCenter: "datacenter1",
      keyspace,
      replication: REPLICATION,
      clock: systemClock,
      logger: silentLogger,
    });

  beforeAll(async () => {
    contactPoints = (await upServers("cassandra")).cassandraContactPoints.split(",");
  }, START_MS);

  test("two nodes that make the keyspace at once both open it", { timeout: START_MS }, async () => {
    const stores = await Promise.all([open(), open()]);
    await stores[0]?.writeKey("k", "v");
    expect(await stores[1]?.readKey("k")).toBe("v");
    await Promise.all(stores.map((store) => store.close()));
  });

  test.each(STORE_CONTRACT.map((item) => [item.name, item] as const))("%s", async (_name, item) => {
    const opened: ObjectStore[] = [];
    // A store that is not closed is one whose process is gone: it holds nothing that is not in the tables.
    const openOne = async (): Promise<ObjectStore> => {
      const store = await open();
      opened.push(store);
      return store;
    };
    await emptyKeyspace(contactPoints, KEYSPACE);
    try {
      await item.run({ store: await openOne(), reopen: openOne, peer: openOne });
    } finally {
      for (const store of opened) await store.close();
    }
  });

  test("a server that is not there is told as such", async () => {
    contactPoints = ["127.0.0.1:1"];
    await expect(open()).rejects.toMatchObject({ code: "store.unavailable" });
  });
});
