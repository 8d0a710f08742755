import { randomUUID } from "node:crypto";
import type { ConfigObject } from "@contrail/schema";
import type { ObjectStore } from "@contrail/store";
import { Client } from "cassandra-driver";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openStore } from "./adapters.ts";
import { missingServers } from "./config.ts";
import { START_MS, upServers } from "./servers.ts";

const missing = missingServers();
if (missing !== undefined) process.stderr.write(`skipped: claims of writers that are gone ${missing}\n`);

const KEYSPACE = `claims_${process.pid}`;

describe.skipIf(missing !== undefined)("a name claimed by a writer that was killed before it wrote its object", () => {
  let store: ObjectStore;
  let client: Client;

  beforeAll(async () => {
    const servers = await upServers("cassandra");
    store = await openStore(servers, KEYSPACE);
    const contactPoints = servers.cassandraContactPoints.split(",");
    const port = Number(contactPoints[0]?.split(":")[1]); // Nodes tell each other's addresses only.
    const protocolOptions = { port };
    client = new Client({ contactPoints, localDataCenter: "datacenter1", keyspace: KEYSPACE, protocolOptions });
    await client.connect();
  }, START_MS);

  afterAll(async () => {
    await store?.close();
    await client?.shutdown();
  });

  /** The row that the store writes first; basis: guard of the object's row, "" where there is none. */
  const claim = async (name: string, uuid: string, basis: string): Promise<void> => {
    const insert = "INSERT INTO name (type, above, name, uuid, claim, basis) VALUES (?, ?, ?, ?, ?, ?) IF NOT EXISTS";
    await client.execute(insert, ["t", "[]", name, uuid, randomUUID(), basis], { prepare: true });
  };

  const named = (name: string, uuid: string = randomUUID()): ConfigObject => ({
    ...{ type: "t", uuid, fqName: [name], parentType: undefined, parentUuid: undefined },
    ...{ revision: 0n, refs: [], properties: {}, derived: false, epoch: 0n },
  });

  test("is free for a new object", async () => {
    const object = named("killed");
    const gone = randomUUID();
    await claim("killed", gone, "");
    const startedMs = performance.now();
    await store.write(object, undefined);
    const tookMs = Math.round(performance.now() - startedMs);
    process.stderr.write(`dead claims: taken over after ${tookMs} ms (bar 1000)\n`);
    expect(await store.findName("t", ["killed"])).toBe(object.uuid);
    // Should the writer go on after all, it finds its place taken, and the name too.
    await expect(store.write(named("killed", gone), undefined)).rejects.toMatchObject({ code: "store.name_conflict" });
    expect(await store.read(gone)).toBeUndefined();
  });

  test("is free where the killed writer was about to give an object a new name", async () => {
    const other = await store.write(named("before"), undefined);
    const select = "SELECT guard FROM object WHERE part = ? AND uuid = ?";
    const { rows } = await client.execute(select, [other.uuid.slice(-3), other.uuid], { prepare: true });
    await claim("after", other.uuid, String(rows[0]?.get("guard")));
    const object = named("after");
    await store.write(object, undefined);
    expect(await store.findName("t", ["after"])).toBe(object.uuid);
    expect(await store.read(other.uuid)).toEqual(other);
    expect((await store.write({ ...other, properties: { a: 1 } }, other.revision)).properties).toEqual({ a: 1 });
  });

  test("is free for one of a hundred who want it at once, and the others are told who has it", async () => {
    await claim("raced", randomUUID(), "");
    const objects = Array.from({ length: 100 }, () => named("raced"));
    const results = await Promise.allSettled(objects.map((object) => store.write(object, undefined)));
    const served = results.filter(({ status }) => status === "fulfilled");
    const holder = await store.findName("t", ["raced"]);
    expect(served).toHaveLength(1);
    expect(results.findIndex(({ status }) => status === "fulfilled")).toBe(
      objects.findIndex(({ uuid }) => uuid === holder),
    );
    const refused = results.flatMap((result) => (result.status === "rejected" ? [result.reason] : []));
    for (const reason of refused) {
      expect(reason).toMatchObject({ code: "store.name_conflict", fields: { uuid: holder } });
    }
  });
});
