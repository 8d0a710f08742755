import type { Clock } from "@contrail/clock";
import type { ConfigGraph } from "@contrail/graph";
import type { ObjectStore } from "@contrail/store";
import { Accounts } from "./accounts.ts";
import { Logins } from "./logins.ts";
import { PasswordHasher } from "./password.ts";
import { Sessions } from "./sessions.ts";

/** Users and keys, sessions, and the way from the ones to the others. */
export interface AccessServices {
  readonly accounts: Accounts;
  readonly sessions: Sessions;
  readonly logins: Logins;
}

/** Makes them over a store. tokenLifeMs: of a session. */
export function accessServices(
  store: ObjectStore,
  graph: ConfigGraph,
  clock: Clock,
  tokenLifeMs: number,
): AccessServices {
  const accounts = new Accounts(store, clock, new PasswordHasher());
  const sessions = new Sessions(store, accounts, graph, clock, tokenLifeMs);
  return { accounts, sessions, logins: new Logins(accounts, sessions, graph, clock) };
}
