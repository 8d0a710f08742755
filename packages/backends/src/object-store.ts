import { join } from "node:path";
import type { Logger } from "@contrail/observability";
import type { Identity } from "@contrail/pki";
import { systemClock } from "@contrail/runtime";
import type { ObjectStore } from "@contrail/store";
import { openCassandraStore } from "@contrail/store-cassandra";
import { openSqliteStore } from "@contrail/store-sqlite";
import { z } from "zod";
import { copies, reach } from "./reach.ts";

/** File of the SQLite store in the directory of the databases. */
export const SQLITE_FILE = "objects.db";

/** Settings of a process that opens the object store. */
export const STORE_SETTINGS = {
  store: z.enum(["sqlite", "cassandra"]).default("sqlite").describe("object store"),
  dataDir: z.string().min(1).describe("directory of the databases; made if absent"),
  cassandraContactPoints: z
    .string()
    .default("")
    .describe("addresses and ports of some Cassandra nodes, separated by commas; for --store cassandra"),
  cassandraDataCenter: z.string().min(1).default("datacenter1").describe("data centre whose nodes are asked"),
  cassandraKeyspace: z.string().min(1).default("contrail").describe("keyspace; made if absent"),
  cassandraReplication: copies.describe("copies of each row in a keyspace that is made, 1 to 9"),
  cassandraCaFile: z
    .string()
    .default("")
    .describe("file of the CA of Cassandra's certificates; empty: plain, loopback only"),
  cassandraUsername: z.string().default("").describe("user of Cassandra; empty: none"),
  cassandraPasswordFile: z.string().default("").describe("file of that user's password"),
};
const SHAPE = z.object(STORE_SETTINGS);

/** Settings of an object store, as they were read. */
export type StoreSettings = z.infer<typeof SHAPE>;

/**
 * Opens the object store of the settings. identity: what is shown to servers that ask for it. Rejects with
 * settings.bad_request naming the flag, or store.unavailable.
 */
export async function openStore(settings: StoreSettings, logger: Logger, identity?: Identity): Promise<ObjectStore> {
  if (settings.store === "sqlite") return openSqliteStore(join(settings.dataDir, SQLITE_FILE));
  const { endpoints: contactPoints, ...how } = reach("cassandra", "cassandra-contact-points", {
    servers: settings.cassandraContactPoints,
    caFile: settings.cassandraCaFile,
    username: settings.cassandraUsername,
    passwordFile: settings.cassandraPasswordFile,
    identity,
  });
  return openCassandraStore({
    contactPoints,
    dataCenter: settings.cassandraDataCenter,
    keyspace: settings.cassandraKeyspace,
    replication: settings.cassandraReplication,
    clock: systemClock,
    logger,
    ...how,
  });
}
