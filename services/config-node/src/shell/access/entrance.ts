import type { Clock } from "@contrail/clock";
import { ContrailError } from "@contrail/errors";
import type { Counter } from "@contrail/observability";
import { RateLimiter } from "../../core/access/rate-limit.ts";
import { denied } from "../../core/access/view.ts";
import { ADMINISTRATOR, type Caller } from "../../core/caller.ts";
import { isKeyText } from "./accounts.ts";
import type { Sessions } from "./sessions.ts";

/** What a listener needs to know of a request to say who calls. */
export interface Arrival {
  /** X-Auth-Token, or what stands behind "Bearer". */
  readonly token: string | undefined;
  /** Address of the caller; undefined on a unix socket. */
  readonly address: string | undefined;
  /** True where a request asks once more: it counts once. */
  readonly isAgain?: boolean;
}

/** Says who calls a listener. Throws 401, 403 or 429. */
export type Entrance = (arrival: Arrival) => Promise<Caller>;

/** A listener of which everybody is the same. */
export function openEntrance(caller: Caller = ADMINISTRATOR): Entrance {
  return async () => caller;
}

/** Before they have logged in, addresses may fail so often. */
const STRANGERS = { perSecond: 20, burst: 40 };

/** Limits of a listener that asks who calls. */
export interface EntranceRules {
  /** Everybody but the cloud's administrator is turned away. */
  readonly administratorsOnly: boolean;
  /** Requests a second of one tenant user or key; twice as many at once; 0: no limit. */
  readonly tenantRate: number;
}

/** A listener that asks for a token or an API key. */
export class GuardedEntrance {
  readonly #sessions: Sessions;
  readonly #clock: Clock;
  readonly #rules: EntranceRules;
  readonly #strangers = new RateLimiter(STRANGERS);
  readonly #tenants: RateLimiter | undefined;
  readonly #limited: Counter;

  constructor(sessions: Sessions, clock: Clock, rules: EntranceRules, limited: Counter) {
    const { tenantRate } = rules;
    this.#sessions = sessions;
    this.#clock = clock;
    this.#rules = rules;
    this.#tenants = tenantRate === 0 ? undefined : new RateLimiter({ perSecond: tenantRate, burst: 2 * tenantRate });
    this.#limited = limited;
  }

  /** The caller; as an Entrance. */
  readonly admit: Entrance = async ({ token, address, isAgain }) => {
    if (token === undefined || token === "")
      throw unauthenticated("no token was sent: X-Auth-Token or Authorization: Bearer");
    if (!this.#sessions.isTrusted(token)) this.refuseFlood(address);
    const login = await this.#sessions.resolve(token);
    if (login === undefined) {
      this.noteFailure(address);
      throw unauthenticated("the token is unknown, over or revoked");
    }
    const { caller, user } = login;
    if (caller.tenant === undefined) return caller;
    if (this.#rules.administratorsOnly)
      throw denied(`aaa-mode cloud-admin: ${caller.name} is not the cloud's administrator`);
    if (isAgain !== true) this.#limit(isKeyText(token) ? login.auditId : user.id);
    return caller;
  };

  /** Throws 429 where an address has failed too often. */
  refuseFlood(address: string | undefined): void {
    if (!isFar(address)) return;
    this.#refuse(this.#strangers.wait(address, this.#clock.monotonicMs()), "failed logins and tokens");
  }

  /** An address has failed to say who it is. */
  noteFailure(address: string | undefined): void {
    if (isFar(address)) this.#strangers.take(address, this.#clock.monotonicMs());
  }

  #limit(principal: string): void {
    this.#refuse(this.#tenants?.take(principal, this.#clock.monotonicMs()) ?? 0, "requests");
  }

  #refuse(waitMs: number, what: string): void {
    if (waitMs === 0) return;
    this.#limited.add(1);
    throw tooMany(what, waitMs);
  }
}

/** 429 with the time to wait. */
export function tooMany(what: string, waitMs: number): ContrailError {
  const retryAfterS = Math.ceil(waitMs / 1_000);
  const message = `too many ${what}: try again in ${retryAfterS} s`;
  return new ContrailError("config.too_many_requests", message, { fields: { retryAfterS } });
}

/** 401 in words that tell nobody whether a user or a project is there. */
export function unauthenticated(reason: string): ContrailError {
  return new ContrailError("config.unauthenticated", `Authentication required: ${reason}`);
}

/** True for a caller on another machine. */
function isFar(address: string | undefined): address is string {
  return address !== undefined && address !== "::1" && !/^(::ffff:)?127\./.test(address);
}
