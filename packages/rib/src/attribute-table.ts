import {
  encapsulationCommunity,
  encodeAttributes,
  eTreeCommunity,
  LLGR_STALE,
  type LoadBalance,
  loadBalanceCommunity,
  localSequenceCommunity,
  mobilityCommunity,
  NO_LLGR,
  type Origin,
  originNetworkCommunity,
  type PathAttributes,
  PMSI_AR_LEAF,
  PMSI_AR_REPLICATOR,
  PMSI_EDGE_REPLICATION,
  PMSI_INGRESS_REPLICATION,
  routersMacCommunity,
  securityGroupCommunity,
  TUNNEL_VXLAN,
  tagCommunity,
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
  /** It never moves: no sequence takes it away (RFC 7432 section 15.2). Absent: it may. */
  readonly sticky?: boolean | undefined;
  readonly med?: number | undefined;
  /** How flows are spread where several hosts publish it; absent: by all fields. */
  readonly loadBalance?: LoadBalance | undefined;
  /** COMMUNITIES (RFC 1997); absent: none, as is what follows. */
  readonly communities?: readonly number[] | undefined;
  /** Tags of what is behind it. */
  readonly tagIds?: readonly number[] | undefined;
  /** OpenContrail's local sequence number, which stays inside the AS; 0: none. */
  readonly localSequence?: number | undefined;
}

/** What a host does for others with what goes to all (RFC 9574 section 4). */
export type ReplicationRole = "replicator" | "leaf";

/** How a host copies what goes to all; absent: it says nothing of it. */
export interface Replication {
  readonly role?: ReplicationRole | undefined;
  /** It is on OpenContrail's tree of copies between hosts. */
  readonly edge?: boolean | undefined;
}

/** What agents' routes of one EVPN type say beside. */
export interface EvpnAttributes {
  /** MAC address that routed packets go to (RFC 9135 section 8.1). */
  readonly routerMac: number | undefined;
  /** Where what goes to all is sent, by ingress replication (RFC 7432 section 11.2): the whole label field, the host. */
  readonly flooding: ({ readonly label: number; readonly host: number } & Replication) | undefined;
  /** It is a leaf of an E-Tree (RFC 8317 section 5.1). */
  readonly leaf: boolean;
}

const NO_EVPN: EvpnAttributes = { routerMac: undefined, flooding: undefined, leaf: false };

/** Interned attributes that nothing uses are swept when the table has grown by so many since the last sweep. */
const SWEEP_EVERY = 4_096;

/** One object for equal attributes, as long as somebody holds it. */
export class AttributeTable {
  readonly #longLived = new WeakMap<PathAttributes, PathAttributes>();
  /** Attributes with an ORIGIN of our own choice to those that were said. */
  readonly #said = new WeakMap<PathAttributes, PathAttributes>();
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
  internAgent(
    given: AgentAttributes,
    autonomousSystem: number,
    routeTargets: readonly bigint[],
    evpn = NO_EVPN,
  ): PathAttributes {
    const numbers = [given.localPreference, given.sequence, given.virtualNetworkId, autonomousSystem];
    const key = `a${numbers}|${given.securityGroupIds}|${given.encapsulations}|${routeTargets}${rarePart(given, evpn)}`;
    return this.#intern(key, () => agentAttributes(given, autonomousSystem, routeTargets, evpn));
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

  /**
   * The same attributes with another ORIGIN; without one, as they were said, whatever ORIGIN they have been given here.
   * No two that were said otherwise come to one object.
   */
  ofOrigin(attributes: PathAttributes, origin: Origin | undefined): PathAttributes {
    const said = this.#said.get(attributes) ?? attributes;
    if (origin === undefined || origin === said.origin) return said;
    const made = this.#intern(`o${this.#numberOf(said)} ${origin}`, () => ({ ...said, origin }));
    this.#said.set(made, said);
    return made;
  }

  /** The same attributes marked as those of a router that is long away; undefined where they forbid that (RFC 9494). */
  longLivedStale(attributes: PathAttributes): PathAttributes | undefined {
    const { communities } = attributes;
    if (communities.includes(NO_LLGR)) return undefined;
    if (communities.includes(LLGR_STALE)) return attributes;
    const known = this.#longLived.get(attributes);
    if (known !== undefined) return known;
    const said = this.#said.get(attributes);
    if (said !== undefined) {
      const kept = this.longLivedStale(said);
      return kept && this.ofOrigin(kept, attributes.origin);
    }
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

/** One character an octet. */
function octetText({ buffer, byteOffset, byteLength }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString("latin1");
}

/** The part of a key that most routes of agents have nothing in. */
function rarePart(given: AgentAttributes, { routerMac, flooding, leaf }: EvpnAttributes): string {
  const { sticky = false, med, loadBalance, communities = NONE, tagIds = NONE, localSequence = 0 } = given;
  const isPlain = !sticky && !leaf && (med ?? loadBalance ?? routerMac ?? flooding) === undefined;
  if (isPlain && communities.length + tagIds.length + localSequence === 0) return "";
  const spread = loadBalance && loadBalanceCommunity(loadBalance);
  const copies = flooding && `${flooding.label} ${flooding.host} ${flagsOf(flooding)}`;
  return `|${sticky} ${med} ${spread} ${routerMac} ${copies} ${leaf} ${localSequence} ${communities} ${tagIds}`;
}

const NONE: readonly number[] = [];

function agentAttributes(
  given: AgentAttributes,
  as: number,
  routeTargets: readonly bigint[],
  { routerMac, flooding, leaf }: EvpnAttributes,
): PathAttributes {
  const { sequence, sticky = false, loadBalance, localSequence = 0 } = given;
  return {
    origin: 0,
    asPath: [],
    med: given.med,
    localPreference: given.localPreference,
    communities: given.communities ?? NONE,
    clusterList: [],
    extendedCommunities: [
      ...routeTargets,
      ...given.encapsulations.map(encapsulationCommunity),
      ...given.securityGroupIds.map((id) => securityGroupCommunity(as, id)),
      ...(given.tagIds ?? NONE).map((id) => tagCommunity(as, id)),
      ...(given.virtualNetworkId === 0 ? [] : [originNetworkCommunity(as, given.virtualNetworkId)]),
      ...(sequence === 0 && !sticky ? [] : [mobilityCommunity(sequence, sticky)]),
      ...(loadBalance === undefined ? [] : [loadBalanceCommunity(loadBalance)]),
      ...(routerMac === undefined ? [] : [routersMacCommunity(routerMac)]),
      ...(leaf ? [eTreeCommunity({ flag: true, label: 0 })] : []),
      ...(localSequence === 0 ? [] : [localSequenceCommunity(localSequence)]),
    ],
    pmsiTunnel: flooding && {
      flags: flagsOf(flooding),
      tunnelType: PMSI_INGRESS_REPLICATION,
      label: flooding.label,
      identifier: Uint8Array.of(flooding.host >>> 24, flooding.host >>> 16, flooding.host >>> 8, flooding.host),
    },
    largeCommunities: [],
    unknown: [],
  };
}

/** Of PMSI_TUNNEL. */
function flagsOf({ role, edge = false }: Replication): number {
  const roleFlags = role === undefined ? 0 : role === "replicator" ? PMSI_AR_REPLICATOR : PMSI_AR_LEAF;
  return roleFlags | (edge ? PMSI_EDGE_REPLICATION : 0);
}
