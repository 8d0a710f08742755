import type { Agent } from "./agent.ts";
import { ControlSession, type ControlSessionListener, type ControlSessionOptions } from "./control-session.ts";

/** The sessions with all control nodes; one of those that are up gives the configuration. */
export class ControlSessions implements ControlSessionListener {
  readonly #sessions: readonly ControlSession[];
  #giver: ControlSession | undefined;

  constructor(options: readonly ControlSessionOptions[], agent: Agent) {
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
    session.wantConfig(false);
    this.#giver = undefined;
    const next = this.#sessions.find(({ established }) => established);
    if (next !== undefined) this.#choose(next);
  }

  status() {
    return this.#sessions.map(({ state }) => state);
  }

  close(): void {
    for (const session of this.#sessions) session.close();
  }

  #choose(session: ControlSession): void {
    this.#giver = session;
    session.wantConfig(true);
  }
}
