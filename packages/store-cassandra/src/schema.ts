import { createHash } from "node:crypto";
import type { Clock } from "@contrail/clock";
import { ContrailError } from "@contrail/errors";
import { pause } from "./conditional.ts";
import type { CassandraStoreOptions } from "./options.ts";
import { Session, unavailable } from "./session.ts";

/**
 * The tables. Which are written by conditional writes only, and why rows of the others have a nonce in their key, is in
 * docs/decisions/0026. Short life of tombstones where rows come and go: their deletes carry a fixed time (statements.ts).
 */
const TABLES: Readonly<Record<string, string>> = {
  object: `part text, uuid text, guard text, earlier text, state text, revision bigint, links text, name_claim text,
    body text, PRIMARY KEY (part, uuid)`,
  name: `type text, above text, name text, uuid text, claim text, basis text,
    PRIMARY KEY ((type, above), name)`,
  referrer: "target text, source text, nonce text, PRIMARY KEY (target, source, nonce)",
  intent: `instance text, generation bigint, nonce text, uuid text, revision bigint, detail text,
    PRIMARY KEY ((instance, generation), nonce)`,
  instance: "part text, id text, oldest bigint, newest bigint, beat bigint, PRIMARY KEY (part, id)",
  log_mark: "name text PRIMARY KEY, position bigint",
  allocation: "pool text, value text, owner text, nonce text, PRIMARY KEY (pool, value)",
  owned: "owner text, pool text, value text, nonce text, PRIMARY KEY (owner, pool, value, nonce)",
  lease: "name text PRIMARY KEY, holder text, epoch bigint, nonce text, ttl_ms bigint",
  key_value: "key text PRIMARY KEY, value text",
  record: "kind text, id text, body text, PRIMARY KEY (kind, id)",
};

/** A coordinator reads another copy when one has not answered for so long: its node may be dead, which takes 20 s to tell. */
const SECOND_COPY_MS = 200;
/** How long a node may take to hear of what another one has made. */
const AGREEMENT_MS = 60_000;
const AGREEMENT_POLL_MS = 250;
/** What a node says that has not heard of it. */
const UNKNOWN = /does(n't| not) exist|unconfigured table/i;

const KEYSPACE = /^[a-z][a-z0-9_]{0,47}$/;

/** Makes keyspace and tables where they are not there; two nodes may do it at once. Gives a session in the keyspace. */
export async function openKeyspace(options: CassandraStoreOptions): Promise<Session> {
  const { keyspace } = options;
  if (!KEYSPACE.test(keyspace)) {
    throw new ContrailError("store.bad_request", `keyspace ${keyspace}: lower case letters, digits and _ are wanted`);
  }
  const first = await Session.open(options, undefined);
  try {
    await untilKnown(options.clock, () => prepareKeyspace(first, options));
  } catch (reason) {
    throw unavailable(`keyspace ${keyspace} cannot be made`, reason);
  } finally {
    await first.close();
  }
  return untilKnown(options.clock, () => Session.open(options, keyspace));
}

/**
 * A node of Cassandra hears of a keyspace or table that another one has made after a moment, longer on a busy machine:
 * until then it says that there is none, and is asked again.
 */
async function untilKnown<T>(clock: Clock, run: () => Promise<T>): Promise<T> {
  const deadline = clock.monotonicMs() + AGREEMENT_MS;
  for (;;) {
    try {
      return await run();
    } catch (reason) {
      const isLate = clock.monotonicMs() >= deadline;
      if (isLate || !UNKNOWN.test(ContrailError.from(reason).message)) throw reason;
      await pause(clock, AGREEMENT_POLL_MS);
    }
  }
}

async function prepareKeyspace(session: Session, { keyspace, dataCenter, replication }: CassandraStoreOptions) {
  const found = "SELECT table_name FROM system_schema.tables WHERE keyspace_name = ?";
  const there = new Set((await session.execute(found, [keyspace])).map((row) => String(row.get("table_name"))));
  if (there.has("object")) await refuseOlder(session, keyspace);
  if (Object.keys(TABLES).every((table) => there.has(table))) return;
  const copies = `{'class': 'NetworkTopologyStrategy', '${dataCenter}': ${replication}}`;
  await session.define(`CREATE KEYSPACE IF NOT EXISTS ${keyspace} WITH replication = ${copies}`);
  for (const [table, columns] of Object.entries(TABLES)) {
    if (there.has(table)) continue;
    const id = tableId(keyspace, table);
    const options = `id = ${id} AND speculative_retry = '${SECOND_COPY_MS}ms'`;
    await session.define(`CREATE TABLE IF NOT EXISTS ${keyspace}.${table} (${columns}) WITH ${options}`);
  }
}

/** Tables of before decision 0043 had other keys: what is in them is brought over by a backup. */
async function refuseOlder(session: Session, keyspace: string): Promise<void> {
  const found = "SELECT column_name FROM system_schema.columns WHERE keyspace_name = ? AND table_name = 'object'";
  const columns = new Set((await session.execute(found, [keyspace])).map((row) => String(row.get("column_name"))));
  if (columns.has("body")) return;
  const message = `keyspace ${keyspace} was made by an older version, whose tables this one does not read`;
  const next = "back it up with that version (contrail backup) and restore it into another keyspace";
  throw new ContrailError("store.bad_request", `${message}: ${next}`);
}

/** The id of a table by its name: two nodes that make it at once make the same one. A UUID of version 5's form. */
function tableId(keyspace: string, table: string): string {
  const hex = createHash("sha1").update(`opencontrail ${keyspace}.${table}`).digest("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), `5${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    "-",
  );
}
