import type { FamilyName, InetVpnRoute, Update } from "@contrail/bgp";
import { asPathContains, inetRouteDistinguisher } from "@contrail/bgp";
import { type AgentAttributes, AttributeTable } from "./attribute-table.ts";
import type { PathSource, VpnDestination, VpnPath } from "./path.ts";
import { keyAddress, keyLength, prefixKey } from "./path.ts";
import { targetsOf, type VpnAddress, VpnTable } from "./vpn-table.ts";
import { type InstanceSettings, type VrfRoute, VrfTable } from "./vrf-table.ts";

/** A route as an agent publishes it. */
export interface AgentRoute extends AgentAttributes {
  readonly address: number;
  readonly length: number;
  readonly nextHop: number;
  readonly label: number;
}

/** An agent's routes of one routing instance, kept apart from the tables: targets may change under them. */
interface Publication {
  readonly instance: string;
  instanceId: number;
  readonly routes: Map<number, AgentRoute>;
}

/**
 * The tables of a control node: VPN destinations, and the routing instances that import them.
 *
 * Changes mark destinations; step() works them off and tells what changed. Nothing here knows sockets or time. The
 * tables depend on what agents and peers say now, and on the instances, not on the order in which it was said.
 */
export class Rib {
  readonly vpn = new VpnTable();
  readonly #attributes = new AttributeTable();
  readonly #instances = new Map<string, VrfTable>();
  /** Instances by the route target that they import. */
  readonly #importers = new Map<bigint, Set<VrfTable>>();
  /** Instances by the route target that they export. */
  readonly #exporters = new Map<bigint, Set<VrfTable>>();
  readonly #publications = new Map<PathSource, Map<string, Publication>>();
  readonly #dirty = new Set<VpnDestination>();
  #changedVpn = new Set<VpnDestination>();
  #changedVrfs = new Map<string, Set<number>>();
  readonly #autonomousSystem: number;
  readonly #routerId: number;

  constructor(options: { readonly autonomousSystem: number; readonly routerId: number }) {
    this.#autonomousSystem = options.autonomousSystem;
    this.#routerId = options.routerId;
  }

  /** Makes or changes a routing instance; moves exactly the routes that the change of targets moves. */
  setInstance(settings: InstanceSettings): void {
    const table = this.#instances.get(settings.name) ?? new VrfTable(settings);
    const before = this.#instances.has(settings.name) ? table.settings : undefined;
    if (before !== undefined && sameSettings(before, settings)) return;
    this.#instances.set(settings.name, table);
    reindex(this.#importers, table, before?.importTargets ?? [], settings.importTargets);
    reindex(this.#exporters, table, before?.exportTargets ?? [], settings.exportTargets);
    table.settings = settings;
    const changed = new Set(before?.importTargets).symmetricDifference(new Set(settings.importTargets));
    for (const target of changed)
      for (const destination of this.vpn.ofTarget(target)) this.#reimport(table, destination);
    const others = before?.virtualNetworkId !== settings.virtualNetworkId ? table.keys() : [];
    for (const key of others) this.#vrfChanged(settings.name, key);
    if (before === undefined || !sameTargets(before.exportTargets, settings.exportTargets))
      this.#republish(settings.name);
  }

  /** Removes a routing instance; agents' routes in it wait until it comes back. */
  removeInstance(name: string): void {
    const table = this.#instances.get(name);
    if (table === undefined) return;
    for (const key of table.keys()) this.#vrfChanged(name, key);
    reindex(this.#importers, table, table.settings.importTargets, []);
    reindex(this.#exporters, table, table.settings.exportTargets, []);
    this.#instances.delete(name);
    this.#republish(name);
  }

  /** Takes or replaces one route of an agent. instanceId is the agent's number of the instance. */
  publish(agent: PathSource, instance: string, instanceId: number, route: AgentRoute): void {
    const publication = this.#publicationOf(agent, instance, instanceId);
    publication.instanceId = instanceId;
    publication.routes.set(prefixKey(route.address, route.length), route);
    this.#install(agent, publication, route);
  }

  withdraw(agent: PathSource, instance: string, address: number, length: number): void {
    const publication = this.#publications.get(agent)?.get(instance);
    if (publication?.routes.delete(prefixKey(address, length)) !== true) return;
    this.#takePath(vpnAddress(agent, publication, address, length), agent);
  }

  /** Applies an UPDATE of a BGP peer; families without a table here are left out. */
  update(peer: PathSource, update: Update, fourOctetAs: boolean): void {
    for (const unreach of update.unreach) {
      if (unreach.family === "inet-vpn") for (const route of unreach.routes) this.#takePath(route, peer);
    }
    if (update.announced === undefined) return;
    const { bytes, attributes } = update.announced;
    const interned = this.#attributes.internBytes(bytes, fourOctetAs, attributes);
    const feasible = this.#feasible(peer, interned);
    for (const reach of update.reach) {
      if (reach.family !== "inet-vpn") continue;
      for (const route of reach.routes) this.#putPeerPath(peer, route, reach.nextHop, interned, feasible);
    }
  }

  /** Marks all paths of a source: they stay in use until sweep. */
  markStale(source: PathSource): void {
    for (const destination of this.vpn.ofSource(source)) {
      for (const path of destination.paths) if (path.source === source) path.stale = true;
    }
  }

  /** Removes what is still stale of a source. */
  sweep(source: PathSource, _family: FamilyName = "inet-vpn"): void {
    for (const destination of [...this.vpn.ofSource(source)]) {
      const path = destination.paths.find((candidate) => candidate.source === source);
      if (path?.stale === true) {
        this.#forgetPublication(path, destination);
        this.#takePath(destination, source);
      }
    }
  }

  /** Removes everything of a source. */
  removeSource(source: PathSource): void {
    for (const destination of [...this.vpn.ofSource(source)]) this.#takePath(destination, source);
    this.#publications.delete(source);
    this.vpn.forgetSource(source);
  }

  /** Drops an agent's subscription of an instance with its routes there. */
  removePublication(agent: PathSource, instance: string): void {
    const publication = this.#publications.get(agent)?.get(instance);
    if (publication === undefined) return;
    for (const key of [...publication.routes.keys()]) this.withdraw(agent, instance, keyAddress(key), keyLength(key));
    this.#publications.get(agent)?.delete(instance);
  }

  /** Works off at most so many marked destinations; true where some are left. */
  step(limit: number): boolean {
    let done = 0;
    for (const destination of this.#dirty) {
      if (done++ === limit) return true;
      this.#dirty.delete(destination);
      const settled = this.vpn.settle(destination);
      if (settled !== undefined) this.#bestChanged(destination, settled.before);
    }
    return false;
  }

  /** Destinations whose best path changed since the last call. */
  takeChangedVpn(): ReadonlySet<VpnDestination> {
    const changed = this.#changedVpn;
    this.#changedVpn = new Set();
    return changed;
  }

  /** Prefix keys whose route changed since the last call, by routing instance. */
  takeChangedVrfs(): ReadonlyMap<string, ReadonlySet<number>> {
    const changed = this.#changedVrfs;
    this.#changedVrfs = new Map();
    return changed;
  }

  route(instance: string, key: number): VrfRoute | undefined {
    return this.#instances.get(instance)?.route(key, (path) => this.#originOf(path));
  }

  /** Prefix keys of an instance's routes; undefined where there is no such instance. */
  routeKeys(instance: string): Iterable<number> | undefined {
    return this.#instances.get(instance)?.keys();
  }

  instances(): Iterable<VrfTable> {
    return this.#instances.values();
  }

  #publicationOf(agent: PathSource, instance: string, instanceId: number): Publication {
    const ofAgent = this.#publications.get(agent) ?? new Map<string, Publication>();
    this.#publications.set(agent, ofAgent);
    const known = ofAgent.get(instance);
    if (known !== undefined && known.instanceId === instanceId) return known;
    if (known !== undefined) {
      for (const { address, length } of known.routes.values())
        this.#takePath(vpnAddress(agent, known, address, length), agent);
    }
    const made: Publication = { instance, instanceId, routes: known?.routes ?? new Map() };
    ofAgent.set(instance, made);
    if (known !== undefined) for (const route of made.routes.values()) this.#install(agent, made, route);
    return made;
  }

  /** Puts an agent's route into the VPN table with its instance's export targets; without the instance it waits. */
  #install(agent: PathSource, publication: Publication, route: AgentRoute): void {
    const settings = this.#instances.get(publication.instance)?.settings;
    const at = vpnAddress(agent, publication, route.address, route.length);
    if (settings === undefined) {
      this.#takePath(at, agent);
      return;
    }
    const attributes = this.#attributes.internAgent(route, this.#autonomousSystem, settings.exportTargets);
    const { nextHop, label } = route;
    const path: VpnPath = {
      source: agent,
      attributes,
      nextHop,
      label,
      instance: settings.name,
      feasible: true,
      stale: false,
    };
    this.#putPath(at, path);
  }

  #republish(instance: string): void {
    for (const [agent, publications] of this.#publications) {
      const publication = publications.get(instance);
      for (const route of publication?.routes.values() ?? []) {
        if (publication !== undefined) this.#install(agent, publication, route);
      }
    }
  }

  #forgetPublication(path: VpnPath, { address, length }: VpnDestination): void {
    if (path.instance === undefined) return;
    this.#publications.get(path.source)?.get(path.instance)?.routes.delete(prefixKey(address, length));
  }

  #putPeerPath(
    peer: PathSource,
    route: InetVpnRoute,
    nextHop: number,
    attributes: VpnPath["attributes"],
    feasible: boolean,
  ): void {
    this.#putPath(route, {
      source: peer,
      attributes,
      nextHop,
      label: route.label,
      instance: undefined,
      feasible,
      stale: false,
    });
  }

  #putPath(at: VpnAddress, path: VpnPath): void {
    const known = this.vpn.get(at)?.paths.find(({ source }) => source === path.source);
    if (known !== undefined && samePath(known, path)) known.stale = false;
    else this.#dirty.add(this.vpn.put(at, path));
  }

  #takePath(at: VpnAddress, source: PathSource): void {
    const destination = this.vpn.take(at, source);
    if (destination !== undefined) this.#dirty.add(destination);
  }

  #feasible(peer: PathSource, attributes: VpnPath["attributes"]): boolean {
    if (attributes.originatorId === this.#routerId) return false;
    return peer.kind !== "external-peer" || !asPathContains(attributes.asPath, this.#autonomousSystem);
  }

  #bestChanged(destination: VpnDestination, before: VpnPath | undefined): void {
    this.#changedVpn.add(destination);
    const tables = new Set<VrfTable>();
    for (const path of [before, destination.best]) {
      for (const target of targetsOf(path)) for (const table of this.#importers.get(target) ?? []) tables.add(table);
      const own = path?.instance === undefined ? undefined : this.#instances.get(path.instance);
      if (own !== undefined) tables.add(own);
    }
    for (const table of tables) this.#reimport(table, destination);
  }

  #reimport(table: VrfTable, destination: VpnDestination): void {
    const { best } = destination;
    const key = table.set(destination, table.wants(best, targetsOf(best)));
    if (key !== undefined) this.#vrfChanged(table.settings.name, key);
  }

  #vrfChanged(instance: string, key: number): void {
    const keys = this.#changedVrfs.get(instance);
    if (keys === undefined) this.#changedVrfs.set(instance, new Set([key]));
    else keys.add(key);
  }

  /** The network of the one instance that exports a path's target: whom a route of a foreign router belongs to. */
  #originOf(path: VpnPath): number {
    for (const target of targetsOf(path)) {
      const tables = this.#exporters.get(target);
      const [only] = tables ?? [];
      if (tables?.size === 1 && only !== undefined) return only.settings.virtualNetworkId;
    }
    return 0;
  }
}

function vpnAddress(agent: PathSource, publication: Publication, address: number, length: number): VpnAddress {
  const { high, low } = inetRouteDistinguisher(agent.routerId, publication.instanceId);
  return { rdHigh: high, rdLow: low, address, length };
}

function samePath(a: VpnPath, b: VpnPath): boolean {
  return (
    a.attributes === b.attributes &&
    a.nextHop === b.nextHop &&
    a.label === b.label &&
    a.instance === b.instance &&
    a.feasible === b.feasible
  );
}

function reindex(
  index: Map<bigint, Set<VrfTable>>,
  table: VrfTable,
  before: readonly bigint[],
  after: readonly bigint[],
): void {
  for (const target of before) {
    const tables = index.get(target);
    tables?.delete(table);
    if (tables?.size === 0) index.delete(target);
  }
  for (const target of after) {
    const tables = index.get(target);
    if (tables === undefined) index.set(target, new Set([table]));
    else tables.add(table);
  }
}

function sameSettings(a: InstanceSettings, b: InstanceSettings): boolean {
  return (
    a.virtualNetworkId === b.virtualNetworkId &&
    sameTargets(a.importTargets, b.importTargets) &&
    sameTargets(a.exportTargets, b.exportTargets)
  );
}

function sameTargets(a: readonly bigint[], b: readonly bigint[]): boolean {
  return a.length === b.length && a.every((target, index) => target === b[index]);
}
