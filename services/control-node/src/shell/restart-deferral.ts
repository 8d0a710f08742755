import type { Clock, Timer } from "@contrail/clock";
import { RestartGate } from "../core/restart-gate.ts";
import type { RibDriver } from "./rib-driver.ts";

export interface RestartDeferralOptions {
  readonly driver: RibDriver;
  readonly clock: Clock;
  /** Longest to wait for agents and peers after the configuration is complete. */
  readonly waitMs: number;
  /** Names of the agents and of the peers that the configuration has now. */
  readonly agents: () => Iterable<string>;
  readonly peers: () => Iterable<string>;
  /** Called once each, when the tables have been worked off. */
  readonly openToPeers: () => void;
  readonly openToAgents: () => void;
}

/** Puts off End-of-RIB after the start, see RestartGate; a no-op from the moment on that both may go. */
export class RestartDeferral {
  readonly #options: RestartDeferralOptions;
  readonly #gate = new RestartGate();
  readonly #agentsHeard = new Set<string>();
  readonly #peersHeard = new Set<string>();
  #configComplete = false;
  #timeIsUp = false;
  #timer: Timer | undefined;

  constructor(options: RestartDeferralOptions) {
    this.#options = options;
  }

  get over(): boolean {
    return this.#gate.toAgents;
  }

  /** Whom end-of-rib still waits for; for introspect. */
  get waitingFor(): { readonly agents: readonly string[]; readonly peers: readonly string[] } {
    if (this.over) return { agents: [], peers: [] };
    const agents = [...this.#options.agents()].filter((name) => !this.#agentsHeard.has(name));
    const peers = [...this.#options.peers()].filter((name) => !this.#peersHeard.has(name));
    return { agents, peers };
  }

  configComplete(): void {
    this.#configComplete = true;
    this.#timer = this.#options.clock.setTimer(this.#options.waitMs, () => {
      this.#timeIsUp = true;
      this.look();
    });
    this.look();
  }

  heardAgent(name: string): void {
    if (this.over) return;
    this.#agentsHeard.add(name);
    this.look();
  }

  heardPeer(name: string): void {
    if (this.over) return;
    this.#peersHeard.add(name);
    this.look();
  }

  /** Whom to wait for may have changed. */
  look(): void {
    if (this.over) return;
    const { driver, agents, peers, openToPeers, openToAgents } = this.#options;
    const before = this.#gate.toPeers;
    this.#gate.look({
      configComplete: this.#configComplete,
      timeIsUp: this.#timeIsUp,
      agents: agents(),
      agentsHeard: this.#agentsHeard,
      peers: peers(),
      peersHeard: this.#peersHeard,
    });
    if (this.#gate.toPeers && !before) driver.whenIdle(openToPeers);
    if (!this.#gate.toAgents) return;
    driver.whenIdle(openToAgents);
    this.close();
    this.#agentsHeard.clear();
    this.#peersHeard.clear();
  }

  close(): void {
    this.#timer?.cancel();
  }
}
