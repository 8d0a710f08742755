import { type EvpnRoute, type Inet6VpnRoute, inetRouteDistinguisher, type PathAttributes } from "@contrail/bgp";
import type { AttributeTable } from "./attribute-table.ts";
import type { EvpnPrefixes } from "./evpn-prefixes.ts";
import type { IpPrefix } from "./ip-prefix.ts";
import type { Path, PathSource } from "./path.ts";
import { protocolsOf } from "./policy/instance-policy.ts";
import {
  type AgentEvpnRoute,
  type AgentIpRoute,
  type AgentRoute,
  agentRouteKey,
  type Publication,
  Publications,
  type PublishedRoute,
} from "./publications.ts";
import type { Tables } from "./tables.ts";
import type { VpnAddress } from "./vpn-table.ts";
import type { VrfKey } from "./vrf-key.ts";
import type { VrfTable } from "./vrf-table.ts";

/** What agents' routes need of the tables. */
export interface AgentRoutesOptions {
  readonly tables: Tables;
  readonly attributes: AttributeTable;
  /** Follows what is put here, for those who know EVPN alone. */
  readonly evpnPrefixes: EvpnPrefixes;
  readonly autonomousSystem: number;
  instance(name: string): VrfTable | undefined;
  /** The targets that a route of an instance leaves with; origin: the network that it comes from. */
  exportTargets(table: VrfTable, prefix: IpPrefix, origin: number): readonly bigint[];
}

/** Where an agent's route is in the tables of VPNs. */
type Place =
  | ({ readonly family: "inet-vpn" } & VpnAddress)
  | { readonly family: "inet6-vpn"; readonly route: Inet6VpnRoute }
  | { readonly family: "e-vpn"; readonly route: EvpnRoute };

/** Puts what agents publish into the tables of VPNs, with the targets and policies of its routing instance. */
export class AgentRoutes {
  readonly #options: AgentRoutesOptions;
  readonly #publications = new Publications();

  constructor(options: AgentRoutesOptions) {
    this.#options = options;
  }

  /** See Rib.publish. */
  publish(agent: PathSource, instance: string, instanceId: number, route: AgentRoute, held: boolean): void {
    const publication = this.#publications.open(agent, instance, instanceId);
    this.#hold(agent, publication, held);
    if (publication.instanceId !== instanceId) this.#renumber(agent, publication, instanceId);
    const published: PublishedRoute = { route, stale: false };
    publication.routes.set(agentRouteKey(route), published);
    this.#install(agent, publication, published);
  }

  /** See Rib.hold. */
  hold(agent: PathSource, instance: string, held: boolean): void {
    const publication = this.#publications.get(agent, instance);
    if (publication !== undefined) this.#hold(agent, publication, held);
  }

  withdraw(agent: PathSource, instance: string, key: VrfKey): void {
    const publication = this.#publications.get(agent, instance);
    const route = publication && this.#publications.take(agent, publication, key);
    if (publication !== undefined && route !== undefined) this.#takeOwn(agent, publication, route);
  }

  /** Takes back all of an agent in an instance. */
  withdrawAll(agent: PathSource, instance: string): void {
    const publication = this.#publications.get(agent, instance);
    for (const key of [...(publication?.routes.keys() ?? [])]) this.withdraw(agent, instance, key);
  }

  /** Marks all of an agent: it goes with the next sweep unless it comes again. */
  markStale(agent: PathSource): void {
    for (const { routes } of this.#publications.of(agent)) for (const each of routes.values()) each.stale = true;
  }

  sweep(agent: PathSource): void {
    for (const { instance, routes } of this.#publications.of(agent)) {
      for (const [key, { stale }] of [...routes]) if (stale) this.withdraw(agent, instance, key);
    }
  }

  /** Forgets what an agent has published; its paths are taken from the tables apart from this. */
  forget(agent: PathSource): void {
    this.#publications.dropAgent(agent);
  }

  /** Routes of an agent, waiting ones included. */
  count(agent: PathSource): number {
    return this.#publications.count(agent);
  }

  /** The instance has come, gone, or has other targets or policies. */
  republish(instance: string): void {
    for (const [agent, publication] of this.#publications.ofInstance(instance)) {
      for (const published of publication.routes.values()) this.#install(agent, publication, published);
    }
  }

  #hold(agent: PathSource, publication: Publication, held: boolean): void {
    if (publication.held === held) return;
    publication.held = held;
    for (const published of publication.routes.values()) this.#install(agent, publication, published);
  }

  /** Moves an agent's routes of an instance to another route distinguisher. */
  #renumber(agent: PathSource, publication: Publication, instanceId: number): void {
    for (const { route } of publication.routes.values()) this.#takeOwn(agent, publication, route);
    publication.instanceId = instanceId;
    for (const published of publication.routes.values()) this.#install(agent, publication, published);
  }

  /** Puts an agent's route into its VPN table with its instance's export targets; without the instance, or held, it waits. */
  #install(agent: PathSource, publication: Publication, { route, stale }: PublishedRoute): void {
    const { tables, evpnPrefixes } = this.#options;
    const table = this.#options.instance(publication.instance);
    if (table === undefined || publication.held) {
      this.#takeOwn(agent, publication, route);
      return;
    }
    const place = placeOf(agent, publication, route);
    const { attributes, feasible } = "evpn" in route ? this.#evpn(route, table) : this.#judged(agent, route, table);
    const path: Path = {
      source: agent,
      attributes,
      nextHop: route.nextHop,
      label: labelOf(route),
      route: place.family === "inet-vpn" ? undefined : place.route,
      pathId: 0,
      id: 0,
      instance: table.settings.name,
      feasible,
      stale,
    };
    if (place.family === "inet-vpn") tables.putVpn(place, path);
    else tables.put(place.family, place.route, path);
    const prefix = prefixOf(place);
    if (prefix !== undefined) evpnPrefixes.put(prefix, path, route.routerMac, table.settings.vxlanId);
  }

  /** Policies are about prefixes, and judge no EVPN route. */
  #evpn(
    route: AgentEvpnRoute,
    { settings }: VrfTable,
  ): { readonly attributes: PathAttributes; readonly feasible: true } {
    const { attributes, autonomousSystem } = this.#options;
    const { routerMac, floodingLabel, replication, leaf = false, nextHop: host } = route;
    const flooding = floodingLabel === undefined ? undefined : { label: floodingLabel, host, ...replication };
    const said = attributes.internAgent(route, autonomousSystem, settings.exportTargets, { routerMac, flooding, leaf });
    return { attributes: said, feasible: true };
  }

  /** The attributes that an IP route gets from its instance; not feasible where a policy rejects it. */
  #judged(
    agent: PathSource,
    route: AgentIpRoute,
    table: VrfTable,
  ): { readonly attributes: PathAttributes; readonly feasible: boolean } {
    const { attributes, autonomousSystem } = this.#options;
    const { virtualNetworkId } = table.settings;
    const targets = this.#options.exportTargets(table, route, route.virtualNetworkId || virtualNetworkId);
    const plain = attributes.internAgent(route, autonomousSystem, targets);
    if (table.policy === undefined) return { attributes: plain, feasible: true };
    const untargeted = attributes.internAgent(route, autonomousSystem, []);
    const made = table.policy.apply(untargeted, route, protocolsOf({ source: agent }, route, route.subProtocol));
    if (made === undefined) return { attributes: plain, feasible: false };
    if (made === untargeted) return { attributes: plain, feasible: true };
    return { attributes: attributes.withTargets(made, targets), feasible: true };
  }

  /** Takes the path that a publication has put; another instance with the same number may have put its own since. */
  #takeOwn(agent: PathSource, publication: Publication, route: AgentRoute): void {
    const { tables, evpnPrefixes } = this.#options;
    const place = placeOf(agent, publication, route);
    const destination =
      place.family === "inet-vpn" ? tables.vpn.find(place) : tables.keyed(place.family).find(place.route);
    const path = destination?.paths.find(({ source }) => source === agent);
    if (path?.instance !== publication.instance) return;
    if (place.family === "inet-vpn") tables.takeVpn(place, agent);
    else tables.take(place.family, place.route, agent);
    const prefix = prefixOf(place);
    if (prefix !== undefined) evpnPrefixes.take(prefix, agent);
  }
}

function placeOf(agent: PathSource, publication: Publication, route: AgentRoute): Place {
  const { high: rdHigh, low: rdLow } = inetRouteDistinguisher(agent.routerId, publication.instanceId);
  if ("evpn" in route) return { family: "e-vpn", route: { ...route.evpn, rdHigh, rdLow } };
  const { address, length, label } = route;
  if (typeof address === "number") return { family: "inet-vpn", rdHigh, rdLow, address, length };
  return { family: "inet6-vpn", route: { rdHigh, rdLow, address, length, label } };
}

/** Undefined for EVPN, whose routes are no prefixes. */
function prefixOf(place: Place): VpnAddress | Inet6VpnRoute | undefined {
  if (place.family === "inet-vpn") return place;
  return place.family === "inet6-vpn" ? place.route : undefined;
}

/** The label of a path; EVPN has it in its routes, of some types. */
function labelOf(route: AgentRoute): number {
  if (!("evpn" in route)) return route.label;
  return "label" in route.evpn ? route.evpn.label : 0;
}
