import { originNetworkOf, securityGroupOf, tunnelTypeOf } from "@contrail/bgp";
import { compareAttributes, sequenceOf } from "./best-path.ts";
import { prefixKey, type VpnDestination, type VpnPath } from "./path.ts";

/** A routing instance as the RIB needs it. */
export interface InstanceSettings {
  /** fq_name joined by ':'. */
  readonly name: string;
  readonly importTargets: readonly bigint[];
  readonly exportTargets: readonly bigint[];
  /** virtual_network_network_id of its network: the origin of routes that name none. */
  readonly virtualNetworkId: number;
}

/** A route of a routing instance as agents get it. */
export interface VrfRoute {
  readonly address: number;
  readonly length: number;
  /** In ascending order of address and label; never empty. */
  readonly nextHops: readonly VrfNextHop[];
  readonly localPreference: number;
  readonly sequence: number;
}

/** One way to a prefix, as an agent is told of it. */
export interface VrfNextHop {
  readonly address: number;
  readonly label: number;
  readonly encapsulations: readonly number[];
  readonly securityGroupIds: readonly number[];
  /** 0 where unknown. */
  readonly virtualNetworkId: number;
}

/** <vrf>.inet.0: for each prefix the VPN destinations that are imported. */
export class VrfTable {
  settings: InstanceSettings;
  readonly #imported = new Map<number, Set<VpnDestination>>();

  constructor(settings: InstanceSettings) {
    this.settings = settings;
  }

  get size(): number {
    return this.#imported.size;
  }

  /** True where a path belongs here: a common route target, or published in this instance. */
  wants(path: VpnPath | undefined, targets: readonly bigint[]): boolean {
    if (path === undefined) return false;
    return (
      path.instance === this.settings.name || targets.some((target) => this.settings.importTargets.includes(target))
    );
  }

  /** Imports or lets go of a destination; gives the prefix key where something changes for agents. */
  set(destination: VpnDestination, imported: boolean): number | undefined {
    const key = prefixKey(destination.address, destination.length);
    const destinations = this.#imported.get(key);
    if (imported) {
      if (destinations === undefined) this.#imported.set(key, new Set([destination]));
      else destinations.add(destination);
      return key;
    }
    if (destinations?.delete(destination) !== true) return undefined;
    if (destinations.size === 0) this.#imported.delete(key);
    return key;
  }

  /** Every imported destination. */
  *destinations(): Iterable<VpnDestination> {
    for (const destinations of this.#imported.values()) yield* destinations;
  }

  keys(): Iterable<number> {
    return this.#imported.keys();
  }

  /** The route of a prefix; undefined where there is none. originOf names the network of a path without one. */
  route(key: number, originOf: (path: VpnPath) => number): VrfRoute | undefined {
    const destinations = [...(this.#imported.get(key) ?? [])].sort((a, b) => a.rdHigh - b.rdHigh || a.rdLow - b.rdLow);
    const paths = destinations.flatMap(({ best }) => best ?? []);
    paths.sort((a, b) => compareAttributes(a.attributes, b.attributes));
    const [first] = paths;
    if (first === undefined) return undefined;
    const equal = paths.filter((path) => compareAttributes(path.attributes, first.attributes) === 0);
    // Of two with one next hop and label the one with the lower distinguisher counts: the last that is set.
    equal.reverse();
    const nextHops = new Map(
      equal.map((path) => [`${path.nextHop} ${path.label}`, nextHopOf(path, originOf)] as const),
    );
    return {
      address: Math.floor(key / 64),
      length: key % 64,
      nextHops: [...nextHops.values()].sort((a, b) => a.address - b.address || a.label - b.label),
      localPreference: first.attributes.localPreference ?? 100,
      sequence: sequenceOf(first.attributes),
    };
  }
}

function nextHopOf(path: VpnPath, originOf: (path: VpnPath) => number): VrfNextHop {
  const communities = path.attributes.extendedCommunities;
  const collect = (read: (community: bigint) => number | undefined): number[] =>
    communities.map(read).filter((value) => value !== undefined);
  const [origin] = collect(originNetworkOf);
  return {
    address: path.nextHop,
    label: path.label,
    encapsulations: collect(tunnelTypeOf),
    securityGroupIds: collect(securityGroupOf),
    virtualNetworkId: origin ?? originOf(path),
  };
}
