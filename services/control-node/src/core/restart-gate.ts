/** Whom a control node that has just started has to hear, and whom it has heard. Names are unique within their kind. */
export interface RestartView {
  /** The configuration has been read up to where it was at the start. */
  readonly configComplete: boolean;
  /** The time to wait for the others is over. */
  readonly timeIsUp: boolean;
  /** Agents that the configuration names, and those that have published all of their routes. */
  readonly agents: Iterable<string>;
  readonly agentsHeard: ReadonlySet<string>;
  /** The same of BGP peers. */
  readonly peers: Iterable<string>;
  readonly peersHeard: ReadonlySet<string>;
}

/**
 * When a control node may say that it knows everything (RFC 4724 section 4.1: route selection is put off until all
 * peers have spoken). Before that its End-of-RIB would make others remove good routes.
 *
 *   read configuration ── all agents heard ──► toPeers ── all peers heard ──► toAgents
 *
 * Towards peers it does not wait for peers: two nodes that start together would wait for each other. Neither is taken
 * back: an agent or peer that is configured later is no reason to doubt.
 */
export class RestartGate {
  #toPeers = false;
  #toAgents = false;

  /** End-of-RIB may go to BGP peers. */
  get toPeers(): boolean {
    return this.#toPeers;
  }

  /** End-of-RIB may go to agents. */
  get toAgents(): boolean {
    return this.#toAgents;
  }

  look(view: RestartView): void {
    if (!view.configComplete) return;
    this.#toPeers ||= view.timeIsUp || all(view.agents, view.agentsHeard);
    this.#toAgents ||= this.#toPeers && (view.timeIsUp || all(view.peers, view.peersHeard));
  }
}

function all(wanted: Iterable<string>, heard: ReadonlySet<string>): boolean {
  for (const name of wanted) if (!heard.has(name)) return false;
  return true;
}
