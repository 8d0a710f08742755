import { ContrailError } from "@contrail/errors";
import type { CassandraStoreOptions } from "./options.ts";
import { Session } from "./session.ts";

/** Role and password that a new cluster with passwords has for anybody who reaches it. */
const BUILT_IN = { username: "cassandra", password: "cassandra" } as const;
const DEADLINE_MS = 120_000;
const POLL_MS = 500;

/** How the servers are reached, and the role that they are to have. */
export type FirstRoleOptions = Required<Pick<CassandraStoreOptions, "contactPoints" | "dataCenter" | "tls">> &
  Pick<CassandraStoreOptions, "clock" | "logger"> & {
    readonly credentials: NonNullable<CassandraStoreOptions["credentials"]>;
  };

/**
 * Gives a new cluster with passwords the role of our services, and takes the built-in one away, which everybody knows.
 * Does nothing where that was done before. Waits until the cluster lets somebody in. Rejects with store.unavailable.
 */
export async function ensureFirstRole(options: FirstRoleOptions, signal: AbortSignal): Promise<void> {
  const deadlineMs = options.clock.monotonicMs() + DEADLINE_MS;
  for (;;) {
    const failure = await attempt(options);
    if (failure === undefined) return;
    if (options.clock.monotonicMs() > deadlineMs) throw failure;
    await options.clock.sleep(POLL_MS, signal);
  }
}

/** One attempt; gives why it failed. */
async function attempt(options: FirstRoleOptions): Promise<ContrailError | undefined> {
  try {
    const session = await logIn(options).catch(() => createRole(options));
    await session.define(`DROP ROLE IF EXISTS ${BUILT_IN.username}`);
    await session.close();
    return undefined;
  } catch (reason) {
    return ContrailError.from(reason);
  }
}

function logIn(options: FirstRoleOptions, credentials = options.credentials): Promise<Session> {
  return Session.open({ ...options, credentials, keyspace: "system", replication: 1 }, undefined);
}

async function createRole(options: FirstRoleOptions): Promise<Session> {
  const { username, password } = options.credentials;
  const builtIn = await logIn(options, BUILT_IN);
  try {
    const rights = `PASSWORD = '${quoted(password)}' AND LOGIN = true AND SUPERUSER = true`;
    await builtIn.define(`CREATE ROLE IF NOT EXISTS "${username.replaceAll('"', '""')}" WITH ${rights}`);
  } finally {
    await builtIn.close();
  }
  return logIn(options);
}

/** CQL doubles quotes in a text. */
function quoted(text: string): string {
  return text.replaceAll("'", "''");
}
