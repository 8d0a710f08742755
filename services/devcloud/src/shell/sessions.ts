import { randomBytes, timingSafeEqual } from "node:crypto";
import type { Clock } from "@contrail/clock";

export const SESSION_SECONDS = 18_000;
/** Sessions at a time; the longest unused makes room. */
const MAX_SESSIONS = 10_000;

interface Session {
  readonly user: string;
  readonly key: string;
  usedMs: number;
}

/** Logged-in users, by the cookie; lost with the process, as in CloudStack. */
export class Sessions {
  readonly #clock: Clock;
  readonly #sessions = new Map<string, Session>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  open(user: string): { readonly id: string; readonly key: string } {
    const [oldest] = this.#sessions.keys();
    if (this.#sessions.size >= MAX_SESSIONS && oldest !== undefined) this.#sessions.delete(oldest);
    const id = randomBytes(24).toString("hex");
    const key = randomBytes(20).toString("base64url");
    this.#sessions.set(id, { user, key, usedMs: this.#clock.monotonicMs() });
    return { id, key };
  }

  /** True where a cookie names a session that lives. */
  has(id: string): boolean {
    return this.#living(id) !== undefined;
  }

  /** The user of a cookie with its session key. A wrong key ends the session. */
  userOf(id: string, key: string): string | undefined {
    const session = this.#living(id);
    if (session === undefined) return undefined;
    const given = Buffer.from(key);
    const wanted = Buffer.from(session.key);
    if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) {
      this.#sessions.delete(id);
      return undefined;
    }
    session.usedMs = this.#clock.monotonicMs();
    this.#sessions.delete(id);
    this.#sessions.set(id, session);
    return session.user;
  }

  close(id: string): void {
    this.#sessions.delete(id);
  }

  /** Closes all sessions of a user but one. */
  closeOthers(user: string, kept: string | undefined): void {
    for (const [id, session] of this.#sessions) if (session.user === user && id !== kept) this.#sessions.delete(id);
  }

  #living(id: string): Session | undefined {
    const session = this.#sessions.get(id);
    if (session === undefined) return undefined;
    if (this.#clock.monotonicMs() - session.usedMs < SESSION_SECONDS * 1_000) return session;
    this.#sessions.delete(id);
    return undefined;
  }
}
