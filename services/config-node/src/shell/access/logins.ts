import type { Clock } from "@contrail/clock";
import type { ConfigGraph } from "@contrail/graph";
import { callerIn, type Scope, type User, usualScope } from "../../core/access/account.ts";
import type { LoginRequest, Proof } from "../../core/access/keystone.ts";
import { RateLimiter } from "../../core/access/rate-limit.ts";
import type { Accounts } from "./accounts.ts";
import { tooMany, unauthenticated } from "./entrance.ts";
import type { Sessions } from "./sessions.ts";

/** Failed logins under one name from one address. */
const FAILURES = { perSecond: 1 / 6, burst: 10 };
/** One text for everything that is wrong with a login: it tells nobody what users and projects there are. */
const REFUSAL = "The request you have made requires authentication: user, password, key or project is wrong";

/** Turns passwords and API keys into sessions. */
export class Logins {
  readonly #accounts: Accounts;
  readonly #sessions: Sessions;
  readonly #graph: ConfigGraph;
  readonly #clock: Clock;
  readonly #failures = new RateLimiter(FAILURES);

  constructor(accounts: Accounts, sessions: Sessions, graph: ConfigGraph, clock: Clock) {
    this.#accounts = accounts;
    this.#sessions = sessions;
    this.#graph = graph;
    this.#clock = clock;
  }

  /** Begins a session; gives its token, and whose it is. Throws 401, and 429 after many failures. address: the caller's. */
  async begin(
    { proof, scope }: LoginRequest,
    address: string,
  ): Promise<{ readonly token: string; readonly user: User }> {
    const who = `${proof.kind === "password" ? proof.user : proof.text.slice(0, 19)} ${address}`;
    const waitMs = this.#failures.wait(who, this.#clock.monotonicMs());
    if (waitMs > 0) throw tooMany("failed logins", waitMs);
    const proven = await this.#prove(proof);
    const wanted = scope === "unknown" ? undefined : (scope ?? proven?.scope);
    if (proven === undefined || wanted === undefined || !this.#mayEnter(proven, wanted)) {
      this.#failures.take(who, this.#clock.monotonicMs());
      throw unauthenticated(REFUSAL);
    }
    const methods = [proof.kind === "password" ? "password" : "application_credential"];
    return { token: await this.#sessions.begin(proven.user, wanted, methods, proven.untilMs), user: proven.user };
  }

  /** A key is good for its own scope only. */
  #mayEnter({ user, scope, isKey }: Proven, wanted: Scope): boolean {
    const isSame = scope.projectUuid === wanted.projectUuid && scope.domainUuid === wanted.domainUuid;
    return (!isKey || isSame) && callerIn(user, this.#graph, wanted) !== undefined;
  }

  async #prove(proof: Proof): Promise<Proven | undefined> {
    if (proof.kind === "key") {
      const found = await this.#accounts.verifyKey(proof.text);
      if (found === undefined) return undefined;
      return { user: found.user, scope: found.key.scope, isKey: true, untilMs: found.key.expiresMs };
    }
    const user = proof.user.length > 64 ? undefined : await this.#accounts.user(proof.user);
    const isRight = await this.#accounts.hasher.verify(proof.password.slice(0, 1_024), user?.password);
    return user === undefined || !isRight
      ? undefined
      : { user, scope: usualScope(user), isKey: false, untilMs: undefined };
  }
}

interface Proven {
  readonly user: User;
  readonly scope: Scope;
  readonly isKey: boolean;
  readonly untilMs: number | undefined;
}
