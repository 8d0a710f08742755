import { timingSafeEqual } from "node:crypto";
import type { Clock } from "@contrail/clock";
import { signatureOf } from "@contrail/cloudstack-api";
import { unauthenticated } from "../core/api-error.ts";
import type { AccountRow, UserRow } from "../core/rows.ts";
import type { RawParameters } from "../core/values.ts";
import { need } from "../core/world.ts";
import type { Sessions } from "./sessions.ts";
import type { Store } from "./store.ts";

/** Who calls. */
export interface Caller {
  readonly user: UserRow;
  readonly account: AccountRow;
  /** Cookie of the session by which the call came; absent where it was signed. */
  readonly session?: string;
}

/** What a request says about who it comes from. */
export interface Credentials {
  /** Parameters with the names as sent: the signature covers them. */
  readonly sent: Readonly<Record<string, string>>;
  readonly parameters: RawParameters;
  /** Cookie JSESSIONID. */
  readonly session: string | undefined;
}

/** Finds out who calls, by signature or by session. Throws ApiError 401. */
export function identify(store: Store, sessions: Sessions, clock: Clock, credentials: Credentials): Caller {
  const apiKey = credentials.parameters.get("apikey");
  const user =
    apiKey === undefined ? bySession(store, sessions, credentials) : bySignature(store, clock, apiKey, credentials);
  const account = need(store, "account", user.account);
  if (user.state !== "enabled" || account.state !== "enabled") throw unauthenticated();
  const isSigned = apiKey !== undefined || credentials.session === undefined;
  return { user, account, ...(isSigned ? {} : { session: credentials.session }) };
}

function bySession(store: Store, sessions: Sessions, { parameters, session }: Credentials): UserRow {
  if (session === undefined || !sessions.has(session)) throw unauthenticated();
  const key = parameters.get("sessionkey");
  if (key === undefined) throw unauthenticated("unable to verify user credentials");
  const user = store.find("user", sessions.userOf(session, key));
  if (user === undefined) throw unauthenticated();
  return user;
}

function bySignature(store: Store, clock: Clock, apiKey: string, { sent, parameters }: Credentials): UserRow {
  const signature = parameters.get("signature");
  const key = store.keyOf(apiKey);
  if (signature === undefined || key === undefined || !inTime(parameters, clock)) throw unauthenticated();
  const wanted = Buffer.from(signatureOf(sent, key.secretKey));
  const given = Buffer.from(signature);
  if (wanted.length !== given.length || !timingSafeEqual(wanted, given)) throw unauthenticated();
  return need(store, "user", key.user);
}

/** Version 3 carries the time until which the request is good: 2026-11-24T02:49:37+0000. */
function inTime(parameters: RawParameters, clock: Clock): boolean {
  const expires = parameters.get("expires");
  if (parameters.get("signatureversion") !== "3") return true;
  if (expires === undefined) return false;
  const ms = Date.parse(expires.replace(/([+-]\d\d)(\d\d)$/, "$1:$2"));
  return Number.isFinite(ms) && ms >= clock.wallMs();
}
