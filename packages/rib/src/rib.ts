import {
  type EvpnRoute,
  FAMILIES,
  type FamilyName,
  type IpAddress,
  originNetworkOf,
  type RouteTargetRoute,
  type Update,
} from "@contrail/bgp";
import { AgentRoutes } from "./agent-routes.ts";
import { AttributeTable } from "./attribute-table.ts";
import { Changes } from "./changes.ts";
import { DerivedRoutes } from "./derived/derived-routes.ts";
import { insideTarget } from "./derived/inside-target.ts";
import { type InstanceFeatures, isPlain, NO_FEATURES, sameFeatures } from "./derived/instance-features.ts";
import type { PeerRoute } from "./derived/peer-derivation.ts";
import { EvpnPrefixes } from "./evpn-prefixes.ts";
import { FairShare } from "./fair-share.ts";
import type { ImportPolicy, Infeasibility } from "./import-policy.ts";
import { InstanceIndex, sameSettings, sameTargets } from "./instance-index.ts";
import { type IpPrefix, routeKey } from "./ip-prefix.ts";
import { type Membership, wholeTarget } from "./membership.ts";
import { type Destination, isVpnFamily, type Path, type PathSource, prefixOf, VPN_FAMILIES } from "./path.ts";
import { targetsOf } from "./path-table.ts";
import { PeerRoutes } from "./peer-routes.ts";
import { PLAIN_ATTRIBUTES } from "./plain-attributes.ts";
import { InstancePolicy } from "./policy/instance-policy.ts";
import type { AgentRoute } from "./publications.ts";
import { StaleCopies } from "./stale-copies.ts";
import { Tables } from "./tables.ts";
import { evpnKey, type KeyedVrfKey } from "./vrf-key.ts";
import {
  type AgentsKeyedRoute,
  type InstanceSettings,
  type KeyedVrfRoute,
  type VrfRoute,
  VrfTable,
} from "./vrf-table.ts";

/**
 * The tables of a control node: destinations of every family, and the routing instances that import those of VPNs.
 *
 * Changes mark destinations; step() works them off and tells what changed. Nothing here knows sockets or time. The
 * tables depend on what agents and peers say now, and on the instances, not on the order in which it was said.
 */
export class Rib {
  readonly #changes = new Changes();
  readonly #tables = new Tables({
    bestChanged: (destination, before) => this.#bestChanged(destination, before),
    otherChanged: (destination) => this.#changes.otherChanged(destination),
  });
  readonly #attributes = new AttributeTable();
  readonly #instances = new Map<string, VrfTable>();
  readonly #importers = new InstanceIndex();
  readonly #exporters = new InstanceIndex();
  readonly #agents: AgentRoutes;
  readonly #derived: DerivedRoutes;
  readonly #copies = new StaleCopies();
  /** Those of instances that have any. */
  readonly #features = new Map<string, InstanceFeatures>();
  /** All that step() works off. */
  readonly #work: FairShare;
  readonly autonomousSystem: number;
  readonly #local: PathSource;
  readonly #peers: PeerRoutes;
  /** Our BGP identifier, which is our address. */
  readonly routerId: number;

  constructor(options: { readonly autonomousSystem: number; readonly routerId: number }) {
    this.autonomousSystem = options.autonomousSystem;
    this.routerId = options.routerId;
    this.#local = { kind: "local", name: "local", routerId: options.routerId };
    const instance = (name: string): VrfTable | undefined => this.#instances.get(name);
    const [tables, attributes] = [this.#tables, this.#attributes];
    const insideChanged = (peer: PathSource): void => this.#derived.peerChanged(peer);
    const peers = new PeerRoutes({ ...options, tables, attributes, insideChanged });
    this.#peers = peers;
    this.#derived = new DerivedRoutes({
      ...options,
      tables,
      instance,
      unnamedOriginOf: (path, table) => this.#exporters.originOf(path, table.settings),
      intern: (made) => attributes.internMade(made),
      infeasibility: (peer, said, family) => peers.infeasibility(peer, said, family),
      originFrom: (peer) => peers.policyOf(peer).origin,
      republish: (name) => this.#agents.republish(name),
    });
    this.#agents = new AgentRoutes({
      autonomousSystem: options.autonomousSystem,
      tables,
      attributes,
      evpnPrefixes: new EvpnPrefixes(tables, attributes),
      instance,
      exportTargets: (table, prefix, origin) => this.#derived.exportTargets(table, prefix, origin),
    });
    this.#work = new FairShare([tables.marked, tables.departing, tables.revising, this.#derived]);
  }

  /** Somebody is sent other paths than the best from here on: see takeTouched. */
  followAllPaths(): void {
    this.#changes.followsAllPaths = true;
  }

  /** bgp.l3vpn.0, the table that is by far the largest. */
  get vpn(): Tables["vpn"] {
    return this.#tables.vpn;
  }

  /** The destinations of a family. */
  table(family: FamilyName): ReturnType<Tables["of"]> {
    return this.#tables.of(family);
  }

  /** Says how a peer's routes are looked at; those that it has given already are looked at again. */
  setImportPolicy(peer: PathSource, policy: ImportPolicy): void {
    this.#peers.setPolicy(peer, policy);
  }

  /** Reflects for a cluster, or for none (RFC 4456); what has come through that cluster is looked at again. */
  setCluster(clusterId: number | undefined): void {
    this.#peers.setCluster(clusterId);
  }

  /** Makes or changes a routing instance; moves exactly the routes that the change of targets moves. */
  setInstance(settings: InstanceSettings): void {
    const { name, importTargets } = settings;
    const hasAggregates = (this.#features.get(name)?.aggregates.length ?? 0) > 0;
    this.#place(hasAggregates ? { ...settings, importTargets: [...importTargets, insideTarget(name)] } : settings);
  }

  #place(settings: InstanceSettings): void {
    const table = this.#instances.get(settings.name) ?? new VrfTable(settings);
    const before = this.#instances.has(settings.name) ? table.settings : undefined;
    if (before !== undefined && sameSettings(before, settings)) return;
    const exported = [before?.exportTargets ?? [], settings.exportTargets] as const;
    this.#instances.set(settings.name, table);
    this.#importers.move(table, before?.importTargets ?? [], settings.importTargets);
    this.#askFor([...(before?.importTargets ?? []), ...settings.importTargets]);
    this.#exporters.move(table, ...exported);
    table.settings = settings;
    const moved = new Set(before?.importTargets).symmetricDifference(new Set(settings.importTargets));
    for (const target of moved) {
      for (const destination of this.#ofTarget(target)) this.#reimport(table, destination);
    }
    this.#originsChanged(new Set(exported.flat()));
    // What names no network is of its own one here, and of the one whose targets it exports.
    if (before !== undefined) this.#changes.vrfs.noteAll(table);
    const sameVni = before?.vxlanId === settings.vxlanId;
    this.#checkInside(settings.name);
    if (before === undefined) this.#setPolicy(settings.name);
    if (before === undefined || !sameTargets(...exported) || !sameVni) this.#agents.republish(settings.name);
    this.#derived.instanceChanged(settings.name);
  }

  /** Says what routes the node makes in an instance, and what policies its routes pass; also before it is there. */
  setFeatures(instance: string, features: InstanceFeatures): void {
    const before = this.#features.get(instance) ?? NO_FEATURES;
    if (sameFeatures(before, features)) return;
    if (isPlain(features)) this.#features.delete(instance);
    else this.#features.set(instance, features);
    if (before.aggregates.length > 0 !== features.aggregates.length > 0) this.#settleInside(instance);
    this.#checkInside(instance);
    this.#derived.configure(instance, features);
    if (sameFeatures({ policies: before.policies }, { policies: features.policies })) return;
    this.#setPolicy(instance);
    this.#changes.vrfs.noteAll(this.#instances.get(instance));
    this.#agents.republish(instance);
    this.#derived.instanceChanged(instance);
  }

  /** An instance has aggregates now, or none any more: it imports the target of the routes inside them, or does not. */
  #settleInside(instance: string): void {
    const settings = this.#instances.get(instance)?.settings;
    if (settings === undefined) return;
    const own = insideTarget(instance);
    this.setInstance({ ...settings, importTargets: settings.importTargets.filter((target) => target !== own) });
  }

  /** Says of what network the routes inside aggregates have to be: those of a chain are of others, which come and go. */
  #checkInside(instance: string): void {
    const table = this.#instances.get(instance);
    if (table === undefined) return;
    const { aggregates, chains } = this.#features.get(instance) ?? NO_FEATURES;
    const isOne = aggregates.length > 0 && chains.length === 0 && table.settings.virtualNetworkId !== 0;
    const network = isOne ? table.settings.virtualNetworkId : undefined;
    if (table.insideNetwork === network) return;
    table.insideNetwork = network;
    for (const destination of this.#ofTarget(insideTarget(instance))) this.#reimport(table, destination);
  }

  /** Removes a routing instance; agents' routes in it wait until it comes back. */
  removeInstance(name: string): void {
    const table = this.#instances.get(name);
    if (table === undefined) return;
    this.#changes.vrfs.noteAll(table);
    this.#importers.move(table, table.settings.importTargets, []);
    this.#askFor(table.settings.importTargets);
    this.#exporters.move(table, table.settings.exportTargets, []);
    this.#instances.delete(name);
    this.#originsChanged(new Set(table.settings.exportTargets));
    this.#agents.republish(name);
    this.#derived.instanceChanged(name);
  }

  /**
   * Takes or replaces one route of an agent. instanceId is the agent's number of the instance. held: it waits, and with it
   * all of the agent in that instance, see hold.
   */
  publish(agent: PathSource, instance: string, instanceId: number, route: AgentRoute, held = false): void {
    this.#agents.publish(agent, instance, instanceId, route, held);
  }

  /** Keeps an agent's routes of an instance from everybody, or lets them go, as one that is not its own, or is. */
  hold(agent: PathSource, instance: string, held: boolean): void {
    this.#agents.hold(agent, instance, held);
  }

  withdraw(agent: PathSource, instance: string, address: IpAddress, length: number): void {
    this.#agents.withdraw(agent, instance, routeKey({ address, length }));
  }

  /** Takes back an EVPN route of an agent; its distinguisher is passed over. */
  withdrawEvpn(agent: PathSource, instance: string, route: EvpnRoute): void {
    this.#agents.withdraw(agent, instance, evpnKey(route));
  }

  /** Applies an UPDATE of a BGP peer. */
  update(peer: PathSource, update: Update, fourOctetAs: boolean): void {
    this.#peers.update(peer, update, fourOctetAs);
  }

  /** Takes or replaces routes of a BGP peer inside an instance, a source of the kind "bgpaas". */
  publishInside(peer: PathSource, instance: string, prefixes: readonly IpPrefix[], route: PeerRoute): void {
    const attributes = this.#attributes.internMade(route.attributes);
    const said = { nextHop: route.nextHop, attributes };
    const routes = this.#derived.peer(peer, instance);
    for (const prefix of prefixes) routes.put(routeKey(prefix), said);
  }

  withdrawInside(peer: PathSource, instance: string, prefix: IpPrefix): void {
    this.#derived.peer(peer, instance).take(routeKey(prefix));
  }

  /** Marks all routes of a source, in these families: they stay in use until sweep, except for copies, see StaleCopies. */
  markStale(source: PathSource, families: readonly FamilyName[] = FAMILIES): void {
    this.#agents.markStale(source);
    this.#copies.away(source, families);
    this.#tables.markStale(source, families, (destination, path) => !this.#copies.isCopy(destination, path));
  }

  /** Removes what is still stale of a source in these families. An agent has said then all that it publishes. */
  sweep(source: PathSource, families: readonly FamilyName[] = FAMILIES): void {
    this.#agents.sweep(source);
    this.#tables.sweep(source, families);
    this.#copies.swept(source, families);
    if (source.kind !== "agent" || !this.#copies.agentComplete(source)) return;
    for (const [peer, stale] of this.#copies.stale)
      this.#tables.sweep(peer, stale, (destination, path) => !this.#copies.isCopy(destination, path));
  }

  /**
   * The restart time of a source is over, and it may be kept for longer: what is stale of these families becomes the
   * last choice and is marked so; what must not be kept so long goes (RFC 9494 section 4.2).
   */
  keepLong(source: PathSource, families: readonly FamilyName[]): void {
    this.#tables.revise(source, families, (_, path) => {
      if (!path.stale) return path;
      const attributes = this.#attributes.longLivedStale(path.attributes);
      return attributes && { ...path, attributes };
    });
  }

  /** Removes everything of a source, and all that is known of it. */
  forgetSource(source: PathSource): void {
    this.removeSource(source);
    this.#peers.forget(source);
  }

  /** Removes everything of a source in these families. */
  removeSource(source: PathSource, families: readonly FamilyName[] = FAMILIES): void {
    this.#agents.forget(source);
    this.#copies.gone(source, families);
    this.#derived.forgetPeer(source);
    this.#tables.remove(source, families);
  }

  /** Drops an agent's subscription of an instance with its routes there. */
  removePublication(agent: PathSource, instance: string): void {
    this.#agents.withdrawAll(agent, instance);
  }

  /** Routes that a source has given: those of an agent, waiting ones included, or the paths of a peer in a family. */
  routeCount(source: PathSource, family: FamilyName = "inet-vpn"): number {
    if (source.kind === "agent") return this.#agents.count(source);
    return source.kind === "bgpaas" ? this.#derived.countOf(source) : this.#tables.of(family).countOf(source);
  }

  /**
   * Works off so many units at most: destinations that are marked, that sources have left, and that are revised, and
   * routes that are derived, each with a fair share; true where some are left.
   */
  step(limit: number): boolean {
    return this.#work.work(limit);
  }

  #setPolicy(instance: string): void {
    const table = this.#instances.get(instance);
    if (table === undefined) return;
    const { policies } = this.#features.get(instance) ?? NO_FEATURES;
    table.policy = InstancePolicy.of(policies, (made) => this.#attributes.internMade(made));
  }

  /** Destinations whose best path changed since the last call. */
  takeChanged(): ReadonlySet<Destination> {
    return this.#changes.takeBest();
  }

  /** What a peer has asked for by memberships (RFC 4684). */
  membershipOf(peer: PathSource): Pick<Membership, "wants" | "size"> {
    return this.#tables.routeTargets.membershipOf(peer);
  }

  /** Memberships that came or went since the last call, by peer: see askedBy. */
  takeChangedMemberships(): ReadonlyMap<PathSource, readonly RouteTargetRoute[]> {
    return this.#tables.routeTargets.takeChanged();
  }

  /** VPN destinations that a change of these memberships may concern; some may come twice. */
  *askedBy(memberships: readonly RouteTargetRoute[]): Iterable<Destination> {
    const targets = memberships.map(wholeTarget);
    if (!targets.includes(undefined)) {
      for (const target of targets) if (target !== undefined) yield* this.#ofTarget(target);
      return;
    }
    for (const family of VPN_FAMILIES) yield* this.#tables.of(family).all();
  }

  /** Destinations of which a path that is not the best changed since the last call; none unless they are followed. */
  takeTouched(): ReadonlySet<Destination> {
    return this.#changes.takeOthers();
  }

  /** Prefix keys whose route changed since the last call, by routing instance. */
  takeChangedVrfs(): ReadonlyMap<string, ReadonlySet<number>> {
    return this.#changes.vrfs.takeInet();
  }

  /** The same for the keys of <vrf>.inet6.0 and <vrf>.evpn.0. */
  takeChangedKeyedVrfs(): ReadonlyMap<string, ReadonlySet<KeyedVrfKey>> {
    return this.#changes.vrfs.takeKeyed();
  }

  route(instance: string, key: number): VrfRoute | undefined {
    const table = this.#instances.get(instance);
    return table?.route(key, (path) => this.#exporters.originOf(path, table.settings));
  }

  /** A route of <vrf>.inet6.0 or <vrf>.evpn.0 as agents get it. */
  keyedRoute(instance: string, key: KeyedVrfKey): AgentsKeyedRoute | undefined {
    const table = this.#instances.get(instance);
    return table?.keyedRoute(key, (path) => this.#exporters.originOf(path, table.settings));
  }

  /** Prefix keys of an instance's routes; undefined where there is no such instance. */
  routeKeys(instance: string): Iterable<number> | undefined {
    return this.#instances.get(instance)?.keys();
  }

  /** Routes of <vrf>.inet6.0 and <vrf>.evpn.0, in no order; none where there is no such instance. */
  keyedRoutes(instance: string): Iterable<KeyedVrfRoute> {
    const table = this.#instances.get(instance);
    return table?.keyedRoutes((path) => this.#exporters.originOf(path, table.settings)) ?? [];
  }

  instance(name: string): VrfTable | undefined {
    return this.#instances.get(name);
  }

  instances(): Iterable<VrfTable> {
    return this.#instances.values();
  }

  /** Why a path of a destination is never chosen; undefined where it may be. */
  infeasibility({ attributes, source, instance, feasible }: Path, destination: Destination): Infeasibility | undefined {
    if (instance === undefined) return this.#peers.infeasibility(source, attributes, destination.family);
    if (feasible) return undefined;
    const prefix = prefixOf(destination);
    const said = prefix && this.#derived.infeasibility(source, routeKey(prefix));
    return said ?? "rejected by a routing policy of its instance";
  }

  /** Advertises, or withdraws, our membership of targets: it is there as long as an instance imports them. */
  #askFor(targets: readonly bigint[]): void {
    const own = { source: this.#local, nextHop: this.routerId, attributes: PLAIN_ATTRIBUTES, feasible: true };
    for (const target of targets) {
      const route = { originAs: this.autonomousSystem, routeTarget: target, length: 96 };
      if (this.#importers.of(target).size === 0) this.#tables.take("route-target", route, this.#local);
      else this.#peers.put("route-target", route, own);
    }
  }

  #bestChanged(destination: Destination, before: Path | undefined): void {
    this.#changes.bestChanged(destination);
    if (!isVpnFamily(destination.family)) return;
    const tables = this.#tablesOf(before).union(this.#tablesOf(destination.best));
    for (const table of tables) this.#reimport(table, destination);
  }

  /** Instances that a path belongs to: those that import one of its targets, and the one it was published in. */
  #tablesOf(path: Path | undefined): Set<VrfTable> {
    const tables = new Set<VrfTable>();
    for (const target of targetsOf(path)) for (const table of this.#importers.of(target)) tables.add(table);
    const own = path?.instance === undefined ? undefined : this.#instances.get(path.instance);
    return own === undefined ? tables : tables.add(own);
  }

  /** Destinations of the VPN families whose best path has a target. */
  *#ofTarget(target: bigint): Iterable<Destination> {
    for (const family of VPN_FAMILIES) yield* this.#tables.of(family).ofTarget(target);
  }

  #reimport(table: VrfTable, destination: Destination): void {
    const { best } = destination;
    const key = table.set(destination, table.wants(best, targetsOf(best)));
    if (key === undefined) return;
    this.#changes.vrfs.note(table, key, destination);
    if (typeof key !== "string") table.watch?.routeChanged(key);
  }

  /** Other instances export these targets than before: routes that name no network may have another origin. */
  #originsChanged(targets: Iterable<bigint>): void {
    for (const target of targets) {
      for (const destination of this.#ofTarget(target)) {
        const { best } = destination;
        if (best?.attributes.extendedCommunities.some((each) => originNetworkOf(each) !== undefined)) continue;
        for (const table of this.#tablesOf(best)) this.#reimport(table, destination);
      }
    }
  }
}
