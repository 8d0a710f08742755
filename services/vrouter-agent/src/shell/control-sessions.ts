import type { Clock, Timer } from "@contrail/clock";
import type { Agent } from "./agent.ts";
import { ControlSession, type ControlSessionListener, type ControlSessionOptions } from "./control-session.ts";

/** Longest that a node may take to give the whole configuration while another one could. */
const GIVER_WAIT_MS = 10_000;

/**
 * The sessions with all control nodes; one of those that are up gives the configuration. A node that does not come to
 * the end of it, as one that has started without its log, loses that to the next.
 */
export class ControlSessions implements ControlSessionListener {
  readonly #sessions: readonly ControlSession[];
  readonly #clock: Clock;
  readonly #giverWaitMs: number;
  #giver: ControlSession | undefined;
  #patience: Timer | undefined;

  constructor(options: readonly ControlSessionOptions[], agent: Agent, clock: Clock, giverWaitMs = GIVER_WAIT_MS) {
    this.#clock = clock;
    this.#giverWaitMs = giverWaitMs;
    this.#sessions = options.map((each) => new ControlSession(each, agent, this));
  }

  start(): void {
    for (const session of this.#sessions) session.start();
  }

  up(session: ControlSession): void {
    if (this.#giver === undefined) this.#choose(session);
  }

  down(session: ControlSession): void {
    if (this.#giver !== session) return;
    this.#dismiss(session);
    const next = this.#sessions.find(({ established }) => established);
    if (next !== undefined) this.#choose(next);
  }

  configured(session: ControlSession): void {
    if (this.#giver === session) this.#patience?.cancel();
  }

  status() {
    return this.#sessions.map(({ state }) => state);
  }

  close(): void {
    this.#patience?.cancel();
    for (const session of this.#sessions) session.close();
  }

  #choose(session: ControlSession): void {
    this.#giver = session;
    this.#patience?.cancel();
    this.#patience = this.#clock.setTimer(this.#giverWaitMs, () => this.#tooSlow(session));
    session.wantConfig(true);
  }

  #dismiss(session: ControlSession): void {
    this.#patience?.cancel();
    this.#giver = undefined;
    session.wantConfig(false);
  }

  #tooSlow(giver: ControlSession): void {
    if (this.#giver !== giver) return;
    const start = this.#sessions.indexOf(giver) + 1;
    const others = [...this.#sessions.slice(start), ...this.#sessions.slice(0, start - 1)];
    const next = others.find(({ established }) => established);
    if (next === undefined) {
      this.#patience = this.#clock.setTimer(this.#giverWaitMs, () => this.#tooSlow(giver));
      return;
    }
    this.#dismiss(giver);
    this.#choose(next);
  }
}
