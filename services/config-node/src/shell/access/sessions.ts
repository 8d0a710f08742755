import { randomBytes, randomUUID } from "node:crypto";
import type { Clock } from "@contrail/clock";
import { ContrailError } from "@contrail/errors";
import type { ConfigGraph } from "@contrail/graph";
import type { ObjectStore } from "@contrail/store";
import { callerIn, isExpired, type Scope, type Session, type User } from "../../core/access/account.ts";
import type { Caller } from "../../core/caller.ts";
import { type Accounts, isKeyText, sha256 } from "./accounts.ts";
import { RecordStore } from "./record-store.ts";

const TOKEN_BYTES = 32;
const TOKEN = /^ct_[A-Za-z0-9_-]{43}$/;
/** How long a node trusts what it has read of a token: a revocation at another node is seen this late at most. */
const TRUST_MS = 5_000;
const MAX_TRUSTED = 10_000;
/** Sessions in the store; a login beyond them is refused until the next sweep. */
const MAX_SESSIONS = 50_000;

/** What a token stands for. */
export interface Login {
  readonly user: User;
  readonly caller: Caller;
  readonly scope: Scope;
  readonly methods: readonly string[];
  readonly auditId: string;
  readonly issuedMs: number;
  /** undefined: an API key without an end. */
  readonly expiresMs: number | undefined;
}

/** Opaque tokens of sessions, stored by their SHA-256, and API keys, which serve as tokens too. */
export class Sessions {
  readonly #records: RecordStore<Session>;
  readonly #accounts: Accounts;
  readonly #graph: ConfigGraph;
  readonly #clock: Clock;
  readonly #lifeMs: number;
  /** By the token's hash, in the order of reading. */
  readonly #trusted = new Map<string, { readonly login: Login; readonly untilMs: number }>();
  #count = 0;

  constructor(store: ObjectStore, accounts: Accounts, graph: ConfigGraph, clock: Clock, lifeMs: number) {
    this.#records = new RecordStore(store, "session");
    this.#accounts = accounts;
    this.#graph = graph;
    this.#clock = clock;
    this.#lifeMs = lifeMs;
  }

  /** Begins a session; gives its token, which is kept nowhere. */
  async begin(user: User, scope: Scope, methods: readonly string[], untilMs?: number): Promise<string> {
    if (this.#count >= MAX_SESSIONS) {
      throw new ContrailError("config.unavailable", "too many sessions are open", { fields: { retryAfterS: 60 } });
    }
    const token = `ct_${randomBytes(TOKEN_BYTES).toString("base64url")}`;
    const now = this.#clock.wallMs();
    const expiresMs = Math.min(now + this.#lifeMs, untilMs ?? Number.MAX_SAFE_INTEGER);
    const { name, generation } = user;
    const session = { user: name, generation, scope, methods, auditId: randomUUID(), issuedMs: now, expiresMs };
    await this.#records.create(hashOf(token), session);
    this.#count += 1;
    return token;
  }

  /** What a token or key stands for; undefined where it is unknown, over or revoked. */
  async resolve(token: string): Promise<Login | undefined> {
    const hash = hashOf(token);
    const known = this.#trusted.get(hash);
    const now = this.#clock.monotonicMs();
    if (known !== undefined && known.untilMs > now && !isExpired(known.login, this.#clock.wallMs())) return known.login;
    this.#trusted.delete(hash);
    const login = isKeyText(token)
      ? await this.#byKey(token)
      : TOKEN.test(token)
        ? await this.#bySession(hash)
        : undefined;
    if (login === undefined) return undefined;
    this.#trusted.set(hash, { login, untilMs: now + TRUST_MS });
    const [oldest] = this.#trusted.keys();
    if (this.#trusted.size > MAX_TRUSTED && oldest !== undefined) this.#trusted.delete(oldest);
    return login;
  }

  /** True where the token's meaning is in memory: answering costs the store nothing. */
  isTrusted(token: string): boolean {
    return (this.#trusted.get(hashOf(token))?.untilMs ?? 0) > this.#clock.monotonicMs();
  }

  /** Ends a session. */
  async end(token: string): Promise<void> {
    await this.#records.change(hashOf(token), () => undefined);
    this.#trusted.delete(hashOf(token));
  }

  /** Forgets what was read of tokens: after a change of users and keys. */
  forget(): void {
    this.#trusted.clear();
  }

  /** Removes sessions that are over; gives how many. */
  async sweep(): Promise<number> {
    let removed = 0;
    const all = await this.#records.all();
    for (const { id, value } of all) {
      if (!isExpired(value, this.#clock.wallMs())) continue;
      if ((await this.#records.change(id, () => undefined)) !== undefined) removed += 1;
    }
    this.#count = all.length - removed;
    return removed;
  }

  async #bySession(hash: string): Promise<Login | undefined> {
    const session = await this.#records.read(hash);
    if (session === undefined || isExpired(session, this.#clock.wallMs())) return undefined;
    const user = await this.#accounts.user(session.user);
    if (user?.generation !== session.generation) return undefined;
    const caller = callerIn(user, this.#graph, session.scope);
    return caller === undefined ? undefined : { ...session, user, caller };
  }

  async #byKey(text: string): Promise<Login | undefined> {
    const found = await this.#accounts.verifyKey(text);
    const caller = found === undefined ? undefined : callerIn(found.user, this.#graph, found.key.scope);
    if (found === undefined || caller === undefined) return undefined;
    const { key, user } = found;
    const { scope, createdMs, expiresMs } = key;
    const methods = ["application_credential"];
    return { user, caller, scope, methods, auditId: key.id, issuedMs: createdMs, expiresMs };
  }
}

function hashOf(token: string): string {
  return sha256(token).toString("hex");
}
