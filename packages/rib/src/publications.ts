import type { InclusiveMulticastRoute, MacIpRoute, SelectiveMulticastRoute } from "@contrail/bgp";
import type { AgentAttributes, Replication } from "./attribute-table.ts";
import { type IpPrefix, routeKey } from "./ip-prefix.ts";
import type { PathSource } from "./path.ts";
import type { SubProtocol } from "./policy/routing-policy.ts";
import { evpnKey, type VrfKey } from "./vrf-key.ts";

/** An IP route as an agent publishes it, of either version. */
export interface AgentIpRoute extends AgentAttributes, IpPrefix {
  readonly nextHop: number;
  readonly label: number;
  /** MAC address that routed VXLAN packets go to; absent where the host takes none. */
  readonly routerMac?: number | undefined;
  /** What the instance's policies call it; absent: by its length. */
  readonly subProtocol?: SubProtocol | undefined;
}

/**
 * An EVPN route as an agent publishes it: of its own machines (type 2), of where it takes what goes to all (type 3), of
 * groups that it wants (type 6). Type 5 is made here of IP routes: see EvpnPrefixes.
 */
export interface AgentEvpnRoute extends AgentAttributes {
  readonly nextHop: number;
  /** Its route distinguisher is passed over: the publication has one. */
  readonly evpn: MacIpRoute | InclusiveMulticastRoute | SelectiveMulticastRoute;
  /** MAC address that routed packets go to (RFC 9135 section 8.1); absent where the host takes none. */
  readonly routerMac?: number | undefined;
  /** Where it takes what goes to all, of type 3: a whole label field. Absent in the others. */
  readonly floodingLabel?: number | undefined;
  /** How it copies that, of type 3. */
  readonly replication?: Replication | undefined;
  /** Of type 2: a leaf of an E-Tree. */
  readonly leaf?: boolean | undefined;
}

/** A route as an agent publishes it. */
export type AgentRoute = AgentIpRoute | AgentEvpnRoute;

/** A published route; stale: its agent is away, and it goes unless it comes again (RFC 4724 section 4.2). */
export interface PublishedRoute {
  readonly route: AgentRoute;
  stale: boolean;
}

/** An agent's routes of one routing instance, kept apart from the tables: targets may change under them. */
export interface Publication {
  readonly instance: string;
  /** The agent's number of the instance: second half of the route distinguisher. */
  instanceId: number;
  /** The instance is not the agent's own, or not yet: nobody sees its routes, which wait. */
  held: boolean;
  readonly routes: Map<VrfKey, PublishedRoute>;
}

/** The key of an agent's route in its instance. */
export function agentRouteKey(route: AgentRoute): VrfKey {
  return "evpn" in route ? evpnKey(route.evpn) : routeKey(route);
}

/** What the agents publish, whether or not its routing instance exists. */
export class Publications {
  readonly #byAgent = new Map<PathSource, Map<string, Publication>>();

  get(agent: PathSource, instance: string): Publication | undefined {
    return this.#byAgent.get(agent)?.get(instance);
  }

  /** Publications of an agent, in no order. */
  of(agent: PathSource): readonly Publication[] {
    return [...(this.#byAgent.get(agent)?.values() ?? [])];
  }

  /** Publications of an instance with their agents. */
  *ofInstance(instance: string): Iterable<readonly [PathSource, Publication]> {
    for (const [agent, publications] of this.#byAgent) {
      const publication = publications.get(instance);
      if (publication !== undefined) yield [agent, publication];
    }
  }

  /** Routes of an agent in all its instances. */
  count(agent: PathSource): number {
    let count = 0;
    for (const { routes } of this.#byAgent.get(agent)?.values() ?? []) count += routes.size;
    return count;
  }

  /** The publication, made with this number where there is none. */
  open(agent: PathSource, instance: string, instanceId: number): Publication {
    const known = this.get(agent, instance);
    if (known !== undefined) return known;
    const made: Publication = { instance, instanceId, held: false, routes: new Map() };
    const ofAgent = this.#byAgent.get(agent);
    if (ofAgent === undefined) this.#byAgent.set(agent, new Map([[instance, made]]));
    else ofAgent.set(instance, made);
    return made;
  }

  /** Takes one route away; undefined where there is none. An empty publication goes with its last route. */
  take(agent: PathSource, { instance, routes }: Publication, key: VrfKey): AgentRoute | undefined {
    const taken = routes.get(key);
    routes.delete(key);
    if (routes.size === 0) this.drop(agent, instance);
    return taken?.route;
  }

  drop(agent: PathSource, instance: string): void {
    const ofAgent = this.#byAgent.get(agent);
    ofAgent?.delete(instance);
    if (ofAgent?.size === 0) this.#byAgent.delete(agent);
  }

  dropAgent(agent: PathSource): void {
    this.#byAgent.delete(agent);
  }
}
