import type { ConfigGraph, GraphChange } from "@contrail/graph";
import type { PathSource } from "@contrail/rib";
import { OwnInstances } from "../../core/own-instances.ts";
import type { RibDriver } from "../rib-driver.ts";
import type { AgentSession } from "./agent-session.ts";

/**
 * Keeps an agent to the routing instances that are its own, both ways, across its sessions. What it publishes in others
 * waits in the tables, what it subscribes of others waits in its session; both go on when the configuration makes the
 * instance its own, and end when it no longer does.
 */
export class AgentScope {
  readonly #source: PathSource;
  readonly #driver: RibDriver;
  readonly #own: OwnInstances;
  #session: AgentSession | undefined;
  #reviewing = false;

  constructor(source: PathSource, graph: ConfigGraph, driver: RibDriver) {
    this.#source = source;
    this.#driver = driver;
    this.#own = new OwnInstances(graph, source.name);
  }

  owns(instance: string): boolean {
    return this.#own.has(instance);
  }

  /** A session has begun. What it does not name again counts until settle; where nothing was preserved, no longer. */
  begin(session: AgentSession, preserved: boolean): void {
    this.#session = session;
    if (preserved) this.#own.restart();
    else this.#own.clear();
    this.review();
  }

  /** The session is gone; what the agent said stays until begin or clear. */
  end(): void {
    this.#session = undefined;
  }

  clear(): void {
    this.#own.clear();
    this.review();
  }

  /** The agent has said all in its session. */
  settle(): void {
    this.#own.settle();
    this.review();
  }

  addMachine(uuid: string): void {
    this.#join(this.#own.addMachine(uuid));
  }

  /** Followed up in the next turn, once for all machines that go in this one. */
  removeMachine(uuid: string): void {
    this.#own.removeMachine(uuid);
    if (this.#reviewing) return;
    this.#reviewing = true;
    setImmediate(() => {
      this.#reviewing = false;
      this.review();
    });
  }

  configChanged(change: GraphChange): void {
    this.#own.configChanged(change);
  }

  /** Follows up what has been noted. */
  review(): void {
    if (!this.#own.isStale) return;
    const { joined, left } = this.#own.review();
    this.#join(joined);
    if (left.length === 0) return;
    for (const name of left) this.#driver.rib.hold(this.#source, name, true);
    this.#driver.changed();
    // The agent is told first of what has changed until now: then what is there is all that it has.
    const session = this.#session;
    this.#driver.whenIdle(() => {
      for (const name of left) if (!this.#own.has(name)) session?.revoke(name);
    });
  }

  #join(names: readonly string[]): void {
    if (names.length === 0) return;
    for (const name of names) {
      this.#driver.rib.hold(this.#source, name, false);
      this.#session?.grant(name);
    }
    this.#driver.changed();
  }
}
