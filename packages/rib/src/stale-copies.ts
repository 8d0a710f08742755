import type { FamilyName } from "@contrail/bgp";
import type { Destination, Path, PathSource } from "./path.ts";

/** Type 1, an IPv4 address and a number (RFC 4364 section 4.2): the distinguishers of agents' routes. */
const INET_DISTINGUISHER = 1;

/**
 * Agents publish to two control nodes, which tell each other. When one of them is away, the other would keep its copies
 * of all these routes as stale (RFC 4724 section 4.2), also of one that the agent has taken back since. So no copy is
 * kept of routes of an agent that is here and has said all that it publishes: nobody knows these better.
 */
export class StaleCopies {
  readonly #agents = new Map<number, PathSource>();
  /** Internal peers, and families in which they may have stale paths. */
  readonly #stale = new Map<PathSource, Set<FamilyName>>();

  /** An agent has said all that it publishes; false where it had already. */
  agentComplete(agent: PathSource): boolean {
    if (this.#agents.get(agent.routerId) === agent) return false;
    this.#agents.set(agent.routerId, agent);
    return true;
  }

  /** A source is away: an agent does not know better any more, paths of an internal peer may be stale. */
  away(source: PathSource, families: readonly FamilyName[]): void {
    if (source.kind === "agent") this.#agentGone(source);
    if (source.kind !== "internal-peer") return;
    this.#stale.set(source, new Set([...(this.#stale.get(source) ?? []), ...families]));
  }

  /** Nothing of a source is stale any more in these families; what it said may be gone altogether. */
  swept(source: PathSource, families: readonly FamilyName[]): void {
    const stale = this.#stale.get(source);
    for (const family of families) stale?.delete(family);
    if (stale?.size === 0) this.#stale.delete(source);
  }

  /** A source is gone. */
  gone(source: PathSource, families: readonly FamilyName[]): void {
    if (source.kind === "agent") this.#agentGone(source);
    this.swept(source, families);
  }

  /** Internal peers that may have stale paths, with the families. */
  get stale(): Iterable<readonly [PathSource, ReadonlySet<FamilyName>]> {
    return this.#stale;
  }

  /** True for what another node says of a route of an agent that is here. */
  isCopy(destination: Destination, { source, nextHop }: Path): boolean {
    return (
      source.kind === "internal-peer" &&
      typeof nextHop === "number" &&
      this.#agents.has(nextHop) &&
      administratorOf(destination) === nextHop
    );
  }

  #agentGone(agent: PathSource): void {
    if (this.#agents.get(agent.routerId) === agent) this.#agents.delete(agent.routerId);
  }
}

/** The address in a destination's distinguisher; undefined where it has none. */
function administratorOf(destination: Destination): number | undefined {
  const at = destination.family === "inet-vpn" ? destination : destination.route;
  if (!("rdHigh" in at) || at.rdHigh >>> 16 !== INET_DISTINGUISHER) return undefined;
  return ((at.rdHigh << 16) | (at.rdLow >>> 16)) >>> 0;
}
