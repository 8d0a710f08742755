import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { Client, types } from "cassandra-driver";
import { rateOf } from "./callers.ts";

/** The store under the node, written to by nobody else: rows of the same size, nothing checked, nobody told. */
export interface RawStore {
  readonly version: string;
  /** Writes so many rows, each durably by itself; gives rows a second. */
  write(count: number, text: string, signal: AbortSignal): Promise<number>;
  close(): Promise<void>;
}

/** One durable transaction a row, as the node's store is set (WAL, synchronous = FULL). */
export function rawSqlite(): RawStore {
  const directory = mkdtempSync(join(tmpdir(), "contrail-bench-raw-"));
  const database = new DatabaseSync(join(directory, "raw.db"));
  database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
    CREATE TABLE object (uuid TEXT PRIMARY KEY, object TEXT NOT NULL) WITHOUT ROWID`);
  const insert = database.prepare("INSERT INTO object VALUES (?, ?)");
  const version = String(database.prepare("SELECT sqlite_version() AS v").get()?.v);
  return {
    version,
    write(count, text) {
      const startedAt = performance.now();
      for (let index = 0; index < count; index++) insert.run(randomUUID(), text);
      return Promise.resolve(count / ((performance.now() - startedAt) / 1_000));
    },
    close() {
      database.close();
      rmSync(directory, { recursive: true });
      return Promise.resolve();
    },
  };
}

/** One conditional insert a row, at QUORUM and SERIAL, as many at a time as the node's callers. */
export async function rawCassandra(contactPoints: string, keyspace: string, replication: number): Promise<RawStore> {
  const client = new Client({
    contactPoints: contactPoints.split(","),
    localDataCenter: "datacenter1",
    queryOptions: { consistency: types.consistencies.quorum, prepare: true },
    protocolOptions: { port: Number(contactPoints.split(",")[0]?.split(":")[1]), maxSchemaAgreementWaitSeconds: 30 },
  });
  await client.connect();
  const copies = `{'class': 'NetworkTopologyStrategy', 'datacenter1': ${replication}}`;
  await client.execute(`CREATE KEYSPACE IF NOT EXISTS ${keyspace} WITH replication = ${copies}`);
  await client.execute(`CREATE TABLE IF NOT EXISTS ${keyspace}.object (uuid text PRIMARY KEY, object text)`);
  const insert = `INSERT INTO ${keyspace}.object (uuid, object) VALUES (?, ?) IF NOT EXISTS`;
  const version = String((await client.execute("SELECT release_version FROM system.local")).first().get(0));
  return {
    version,
    write: (count, text, signal) => rateOf(count, () => client.execute(insert, [randomUUID(), text]), signal),
    close: () => client.shutdown(),
  };
}
