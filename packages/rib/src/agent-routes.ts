import { inetRouteDistinguisher, type PathAttributes } from "@contrail/bgp";
import type { AttributeTable } from "./attribute-table.ts";
import type { EvpnPrefixes } from "./evpn-prefixes.ts";
import type { IpPrefix } from "./ip-prefix.ts";
import { type Path, type PathSource, prefixKey } from "./path.ts";
import { protocolsOf } from "./policy/instance-policy.ts";
import { type AgentRoute, type Publication, Publications, type PublishedRoute } from "./publications.ts";
import type { Tables } from "./tables.ts";
import type { VpnAddress } from "./vpn-table.ts";
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

/** Puts what agents publish into the tables of VPNs, with the targets and policies of its routing instance. */
export class AgentRoutes {
  readonly #options: AgentRoutesOptions;
  readonly #publications = new Publications();

  constructor(options: AgentRoutesOptions) {
    this.#options = options;
  }

  /** See Rib.publish. */
  publish(agent: PathSource, instance: string, instanceId: number, route: AgentRoute): void {
    const publication = this.#publications.open(agent, instance, instanceId);
    if (publication.instanceId !== instanceId) this.#renumber(agent, publication, instanceId);
    const published: PublishedRoute = { route, stale: false };
    publication.routes.set(prefixKey(route.address, route.length), published);
    this.#install(agent, publication, published);
  }

  withdraw(agent: PathSource, instance: string, address: number, length: number): void {
    const publication = this.#publications.get(agent, instance);
    if (publication === undefined || !this.#publications.take(agent, publication, address, length)) return;
    this.#takeOwn(agent, publication, address, length);
  }

  /** Takes back all of an agent in an instance. */
  withdrawAll(agent: PathSource, instance: string): void {
    const publication = this.#publications.get(agent, instance);
    for (const { route } of [...(publication?.routes.values() ?? [])])
      this.withdraw(agent, instance, route.address, route.length);
  }

  /** Marks all of an agent: it goes with the next sweep unless it comes again. */
  markStale(agent: PathSource): void {
    for (const { routes } of this.#publications.of(agent)) for (const each of routes.values()) each.stale = true;
  }

  sweep(agent: PathSource): void {
    for (const { instance, routes } of this.#publications.of(agent)) {
      for (const { route, stale } of [...routes.values()]) {
        if (stale) this.withdraw(agent, instance, route.address, route.length);
      }
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

  /** Moves an agent's routes of an instance to another route distinguisher. */
  #renumber(agent: PathSource, publication: Publication, instanceId: number): void {
    for (const { route } of publication.routes.values()) this.#takeOwn(agent, publication, route.address, route.length);
    publication.instanceId = instanceId;
    for (const published of publication.routes.values()) this.#install(agent, publication, published);
  }

  /** Puts an agent's route into the VPN table with its instance's export targets; without the instance it waits. */
  #install(agent: PathSource, publication: Publication, { route, stale }: PublishedRoute): void {
    const table = this.#options.instance(publication.instance);
    const { address, length, nextHop, label } = route;
    if (table === undefined) {
      this.#takeOwn(agent, publication, address, length);
      return;
    }
    const instance = table.settings.name;
    const { attributes, feasible } = this.#judged(agent, route, table);
    const path: Path = {
      source: agent,
      attributes,
      nextHop,
      label,
      route: undefined,
      pathId: 0,
      id: 0,
      instance,
      feasible,
      stale,
    };
    const at = vpnAddress(agent, publication, address, length);
    this.#options.tables.putVpn(at, path);
    this.#options.evpnPrefixes.put(at, path, route.routerMac, table.settings.vxlanId);
  }

  /** The attributes that a route gets from its instance; not feasible where a policy rejects it. */
  #judged(
    agent: PathSource,
    route: AgentRoute,
    table: VrfTable,
  ): { readonly attributes: PathAttributes; readonly feasible: boolean } {
    const { attributes, autonomousSystem } = this.#options;
    const { virtualNetworkId } = table.settings;
    const targets = this.#options.exportTargets(table, route, route.virtualNetworkId || virtualNetworkId);
    const plain = attributes.internAgent(route, autonomousSystem, targets);
    if (table.policy === undefined) return { attributes: plain, feasible: true };
    const untargeted = attributes.internAgent(route, autonomousSystem, []);
    const made = table.policy.apply(untargeted, route, protocolsOf({ source: agent }, route));
    if (made === undefined) return { attributes: plain, feasible: false };
    if (made === untargeted) return { attributes: plain, feasible: true };
    return { attributes: attributes.withTargets(made, targets), feasible: true };
  }

  /** Takes the path that a publication has put; another instance with the same number may have put its own since. */
  #takeOwn(agent: PathSource, publication: Publication, address: number, length: number): void {
    const at = vpnAddress(agent, publication, address, length);
    const path = this.#options.tables.vpn.find(at)?.paths.find(({ source }) => source === agent);
    if (path?.instance !== publication.instance) return;
    this.#options.tables.takeVpn(at, agent);
    this.#options.evpnPrefixes.take(at, agent);
  }
}

function vpnAddress(agent: PathSource, publication: Publication, address: number, length: number): VpnAddress {
  const { high, low } = inetRouteDistinguisher(agent.routerId, publication.instanceId);
  return { rdHigh: high, rdLow: low, address, length };
}
