import { encodeAttributes, type PathAttributes, routeTarget, type Update } from "@contrail/bgp";
import type { ImportPolicy } from "./import-policy.ts";
import type { PathSource } from "./path.ts";
import { type AgentRoute, agentRouteKey } from "./publications.ts";
import { Rib } from "./rib.ts";
import type { AgentsKeyedRoute, InstanceSettings, VrfRoute } from "./vrf-table.ts";

/** Everything that is said to a Rib, held as plain state: what the tables must be equal to. For tests. */
export class RibModel {
  readonly instances = new Map<string, InstanceSettings>();
  /** By agent, then by instance, then by routeName. */
  readonly published = new Map<PathSource, Map<string, Map<string, Said<AgentRoute>>>>();
  readonly numbers = new Map<string, number>();
  readonly learnt = new Map<PathSource, Map<string, Said<PeerRoute>>>();

  /** Tables made in one go, in the order of the model. */
  rebuilt(): Rib {
    const rib = newRib();
    for (const settings of this.instances.values()) rib.setInstance(settings);
    for (const [agent, byInstance] of this.published) {
      for (const [instance, routes] of byInstance) {
        for (const { value } of routes.values())
          rib.publish(agent, instance, this.numbers.get(`${agent.name} ${instance}`) ?? 0, value);
      }
    }
    for (const [peer, routes] of this.learnt)
      for (const { value } of routes.values()) rib.update(peer, reachOf(value), true);
    rib.step(Number.POSITIVE_INFINITY);
    return rib;
  }

  markStale(source: PathSource): void {
    for (const said of this.#of(source)) said.stale = true;
  }

  sweep(source: PathSource): void {
    for (const routes of [...(this.published.get(source)?.values() ?? []), this.learnt.get(source) ?? new Map()]) {
      for (const [key, { stale }] of [...routes]) if (stale) routes.delete(key);
    }
  }

  *#of(source: PathSource): Iterable<Said<unknown>> {
    for (const routes of this.published.get(source)?.values() ?? []) yield* routes.values();
    yield* this.learnt.get(source)?.values() ?? [];
  }
}

interface Said<T> {
  readonly value: T;
  stale: boolean;
}

/** The name of an agent's route in the model. */
export function routeName(route: AgentRoute): string {
  const key = agentRouteKey(route);
  return `${typeof key} ${key}`;
}

export interface PeerRoute {
  readonly rdLow: number;
  readonly address: number;
  readonly length: number;
  readonly label: number;
  readonly nextHop: number;
  readonly targets: readonly number[];
  readonly localPreference: number;
  /** Multi-exit discriminator, and the AS that it comes from. */
  readonly med: number | undefined;
  readonly neighbourAs: number;
}

export const AUTONOMOUS_SYSTEM = 64_512;
/** How routes of an external peer, AS 65001, are looked at without any options. */
export const IMPORT: ImportPolicy = {
  ownAses: [AUTONOMOUS_SYSTEM],
  loopCount: 0,
  familyLoopCounts: {},
  peerAs: 65_001,
  role: undefined,
  origin: undefined,
};

export function newRib(): Rib {
  return new Rib({ autonomousSystem: AUTONOMOUS_SYSTEM, routerId: 0xac1e0b02 });
}

export function target(number: number): bigint {
  return routeTarget(AUTONOMOUS_SYSTEM, number);
}

/** The UPDATE by which a peer announces a route. */
export function reachOf(route: PeerRoute): Update {
  const attributes: PathAttributes = {
    origin: 2,
    asPath: [{ kind: "sequence", autonomousSystems: [route.neighbourAs] }],
    med: route.med,
    localPreference: route.localPreference,
    communities: [],
    clusterList: [],
    extendedCommunities: route.targets.map(target),
    largeCommunities: [],
    unknown: [],
  };
  const { rdLow, address, length, label, nextHop } = route;
  const routes = [{ rdHigh: 0xfc00, rdLow, address, length, label }];
  const bytes = encodeAttributes(attributes, { fourOctetAs: true });
  return { unreach: [], reach: [{ family: "inet-vpn", routes, nextHop }], announced: { bytes, attributes } };
}

/** The UPDATE by which a peer takes it back. */
export function unreachOf({ rdLow, address, length }: PeerRoute): Update {
  const routes = [{ rdHigh: 0xfc00, rdLow, address, length, label: 0 }];
  return { unreach: [{ family: "inet-vpn", routes }], reach: [], announced: undefined };
}

/** What a Rib holds, in a form that two of them can be compared by. */
export function contentsOf(rib: Rib) {
  const vpn = [...rib.vpn.all()].map(({ rdHigh, rdLow, address, length, paths, best }) => ({
    at: `${rdHigh}:${rdLow}:${address}/${length}`,
    best: best?.source.name,
    paths: paths.map(({ source, nextHop, label, instance, attributes, feasible }) => {
      return { source: source.name, nextHop, label, instance, feasible, attributes };
    }),
  }));
  const asked = [...rib.table("route-target").all()].flatMap((each) =>
    each.family === "inet-vpn" || each.best === undefined ? [] : each.key,
  );
  const sorted = vpn.sort((a, b) => (a.at < b.at ? -1 : 1));
  return { vpn: sorted, keyed: keyedContents(rib), vrfs: vrfContents(rib), asked: asked.sort() };
}

/** Routes of e-vpn and inet6-vpn with their paths, and those of every instance. */
function keyedContents(rib: Rib) {
  const destinations = [...rib.table("e-vpn").all(), ...rib.table("inet6-vpn").all()];
  const routes = destinations.map(({ paths, best }) => ({
    best: best?.source.name,
    paths: paths.map(({ source, nextHop, route, label, instance, attributes, feasible }) => {
      return { source: source.name, nextHop, route, label, instance, feasible, attributes };
    }),
  }));
  const imported = [...rib.instances()].flatMap(({ settings: { name } }) =>
    [...rib.keyedRoutes(name)].map((route) => ({ instance: name, ...route })),
  );
  const inOrder = <T>(all: T[]): T[] => all.sort((a, b) => (textOf(a) < textOf(b) ? -1 : 1));
  return { routes: inOrder(routes), imported: inOrder(imported) };
}

function textOf(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => (typeof part === "bigint" ? `${part}n` : part));
}

/** Routes of every instance by "instance key". */
export function vrfContents(rib: Rib): ReadonlyMap<string, VrfRoute> {
  const routes = new Map<string, VrfRoute>();
  for (const { settings } of rib.instances()) {
    for (const key of rib.routeKeys(settings.name) ?? []) {
      const route = rib.route(settings.name, key);
      if (route !== undefined) routes.set(`${settings.name} ${key}`, route);
    }
  }
  return routes;
}

/** Routes of <vrf>.inet6.0 and <vrf>.evpn.0 of every instance by "instance key", as agents get them. */
export function keyedVrfContents(rib: Rib): ReadonlyMap<string, AgentsKeyedRoute> {
  const routes = new Map<string, AgentsKeyedRoute>();
  for (const table of rib.instances()) {
    for (const key of [...table.inet6Keys(), ...table.evpnKeys()]) {
      const route = rib.keyedRoute(table.settings.name, key);
      if (route !== undefined) routes.set(`${table.settings.name} ${key}`, route);
    }
  }
  return routes;
}

/** What a listener knows that only ever looked at what was said to have changed. */
export class Mirror {
  readonly routes = new Map<string, VrfRoute>();
  readonly keyed = new Map<string, AgentsKeyedRoute>();

  take(rib: Rib): void {
    for (const [instance, keys] of rib.takeChangedKeyedVrfs()) {
      for (const key of keys) {
        const route = rib.keyedRoute(instance, key);
        if (route === undefined) this.keyed.delete(`${instance} ${key}`);
        else this.keyed.set(`${instance} ${key}`, route);
      }
    }
    for (const [instance, keys] of rib.takeChangedVrfs()) {
      for (const key of keys) {
        const route = rib.route(instance, key);
        if (route === undefined) this.routes.delete(`${instance} ${key}`);
        else this.routes.set(`${instance} ${key}`, route);
      }
    }
  }
}
