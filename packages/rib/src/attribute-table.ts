import {
  encapsulationCommunity,
  encodeAttributes,
  LLGR_STALE,
  mobilityCommunity,
  NO_LLGR,
  originNetworkCommunity,
  type PathAttributes,
  routersMacCommunity,
  securityGroupCommunity,
  TUNNEL_VXLAN,
  tunnelTypeOf,
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
const OCTETS_AT_ONCE = 4_096;

/** One object for equal attributes, as long as somebody holds it. */
export class AttributeTable {
  readonly #longLived = new WeakMap<PathAttributes, PathAttributes>();
  readonly #numbers = new WeakMap<PathAttributes, number>();
  #nextNumber = 0;
  readonly #byKey = new Map<string, WeakRef<PathAttributes>>();
  #sweepAt = SWEEP_EVERY;

  get size(): number {
    return this.#byKey.size;
  }

  /**
   * Interns by the raw bytes of an UPDATE; width tells apart sessions with AS numbers of two and four octets.
   * onlyToCustomer is the value that the route has here, which may have been added on receipt.
   */
  internBytes(
    bytes: Uint8Array,
    fourOctetAs: boolean,
    attributes: PathAttributes,
    onlyToCustomer = attributes.onlyToCustomer,
  ): PathAttributes {
    const key = (fourOctetAs ? "4" : "2") + octetText(bytes);
    if (onlyToCustomer === attributes.onlyToCustomer) return this.#intern(key, () => attributes);
    return this.#intern(`${onlyToCustomer} ${key}`, () => ({ ...attributes, onlyToCustomer }));
  }

  /** Interns an agent's attributes with the route targets of its routing instance. */
  internAgent(given: AgentAttributes, autonomousSystem: number, routeTargets: readonly bigint[]): PathAttributes {
    const numbers = [given.localPreference, given.sequence, given.virtualNetworkId, autonomousSystem];
    const key = `a${numbers}|${given.securityGroupIds}|${given.encapsulations}|${routeTargets}`;
    return this.#intern(key, () => agentAttributes(given, autonomousSystem, routeTargets));
  }

  /** Interns attributes that were made here. */
  internMade(attributes: PathAttributes): PathAttributes {
    return this.internBytes(encodeAttributes(attributes, { fourOctetAs: true }), true, attributes);
  }

  /** The same attributes with route targets in front of the other communities, interned. */
  withTargets(attributes: PathAttributes, targets: readonly bigint[]): PathAttributes {
    if (targets.length === 0) return attributes;
    return this.internMade({ ...attributes, extendedCommunities: [...targets, ...attributes.extendedCommunities] });
  }

  /** The same attributes marked as those of a router that is long away; undefined where they forbid that (RFC 9494). */
  longLivedStale(attributes: PathAttributes): PathAttributes | undefined {
    const { communities } = attributes;
    if (communities.includes(NO_LLGR)) return undefined;
    if (communities.includes(LLGR_STALE)) return attributes;
    const known = this.#longLived.get(attributes);
    if (known !== undefined) return known;
    const made = { ...attributes, communities: [...communities, LLGR_STALE] };
    this.#longLived.set(attributes, made);
    return made;
  }

  /** The same attributes for those who tunnel by VXLAN: no other encapsulation, and the MAC that their packets go to. */
  overVxlan(attributes: PathAttributes, routerMac: number): PathAttributes {
    return this.#intern(`v${this.#numberOf(attributes)} ${routerMac}`, () => ({
      ...attributes,
      extendedCommunities: [
        ...attributes.extendedCommunities.filter((each) => tunnelTypeOf(each) === undefined),
        encapsulationCommunity(TUNNEL_VXLAN),
        routersMacCommunity(routerMac),
      ],
    }));
  }

  /** A number for interned attributes that have no key of their own. */
  #numberOf(attributes: PathAttributes): number {
    const number = this.#numbers.get(attributes) ?? this.#nextNumber++;
    this.#numbers.set(attributes, number);
    return number;
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

/** One character an octet; in parts, as a call takes a limited number of arguments. */
function octetText(bytes: Uint8Array): string {
  let text = "";
  for (let start = 0; start < bytes.length; start += OCTETS_AT_ONCE)
    text += String.fromCharCode(...bytes.subarray(start, start + OCTETS_AT_ONCE));
  return text;
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
