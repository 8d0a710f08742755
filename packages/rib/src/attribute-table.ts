import {
  encapsulationCommunity,
  mobilityCommunity,
  originNetworkCommunity,
  type PathAttributes,
  securityGroupCommunity,
} from "@contrail/bgp";

/** What an agent says about a route, route targets apart. */
export interface AgentAttributes {
  readonly localPreference: number;
  readonly sequence: number;
  readonly securityGroupIds: readonly number[];
  readonly virtualNetworkId: number;
  /** Tunnel types of the encapsulation community. */
  readonly encapsulations: readonly number[];
}

/** Interned attributes that nothing uses are swept when the table has grown by so many since the last sweep. */
const SWEEP_EVERY = 4_096;

/** One object for equal attributes, as long as somebody holds it. */
export class AttributeTable {
  readonly #byKey = new Map<string, WeakRef<PathAttributes>>();
  #sweepAt = SWEEP_EVERY;

  get size(): number {
    return this.#byKey.size;
  }

  /** Interns by the raw bytes of an UPDATE; width tells apart sessions with AS numbers of two and four octets. */
  internBytes(bytes: Uint8Array, fourOctetAs: boolean, attributes: PathAttributes): PathAttributes {
    let key = fourOctetAs ? "4" : "2";
    for (const octet of bytes) key += String.fromCharCode(octet);
    return this.#intern(key, () => attributes);
  }

  /** Interns an agent's attributes with the route targets of its routing instance. */
  internAgent(given: AgentAttributes, autonomousSystem: number, routeTargets: readonly bigint[]): PathAttributes {
    const numbers = [given.localPreference, given.sequence, given.virtualNetworkId, autonomousSystem];
    const key = `a${numbers}|${given.securityGroupIds}|${given.encapsulations}|${routeTargets}`;
    return this.#intern(key, () => agentAttributes(given, autonomousSystem, routeTargets));
  }

  #intern(key: string, make: () => PathAttributes): PathAttributes {
    const known = this.#byKey.get(key)?.deref();
    if (known !== undefined) return known;
    const made = make();
    this.#byKey.set(key, new WeakRef(made));
    if (this.#byKey.size > this.#sweepAt) this.#sweep();
    return made;
  }

  #sweep(): void {
    for (const [key, reference] of this.#byKey) if (reference.deref() === undefined) this.#byKey.delete(key);
    this.#sweepAt = this.#byKey.size * 2 + SWEEP_EVERY;
  }
}

function agentAttributes(given: AgentAttributes, as: number, routeTargets: readonly bigint[]): PathAttributes {
  return {
    origin: 0,
    asPath: [],
    localPreference: given.localPreference,
    communities: [],
    clusterList: [],
    extendedCommunities: [
      ...routeTargets,
      ...given.encapsulations.map(encapsulationCommunity),
      ...given.securityGroupIds.map((id) => securityGroupCommunity(as, id)),
      ...(given.virtualNetworkId === 0 ? [] : [originNetworkCommunity(as, given.virtualNetworkId)]),
      ...(given.sequence === 0 ? [] : [mobilityCommunity(given.sequence, false)]),
    ],
    largeCommunities: [],
    unknown: [],
  };
}
