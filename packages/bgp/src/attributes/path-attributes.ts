/** ORIGIN (RFC 4271 section 5.1.1): 0 IGP, 1 EGP, 2 INCOMPLETE. Lower is preferred. */
export type Origin = 0 | 1 | 2;

/** One segment of an AS path (RFC 4271 section 5.1.2): "set" has no order and counts as one hop. */
export interface AsPathSegment {
  readonly kind: "sequence" | "set";
  /** 1 to 255 AS numbers of four octets. */
  readonly autonomousSystems: readonly number[];
}

/** Who aggregated (RFC 4271 section 5.1.7). */
export interface Aggregator {
  readonly autonomousSystem: number;
  readonly address: number;
}

/** One large community (RFC 8092): three numbers of four octets. */
export interface LargeCommunity {
  readonly globalAdministrator: number;
  readonly localData1: number;
  readonly localData2: number;
}

/** One IPv6 address specific extended community (RFC 5701): type and subtype, an IPv6 address, a number of 16 bits. */
export interface Ipv6ExtendedCommunity {
  /** 0x0002 is a route target, 0x0003 a route origin; 0x4000 marks it as not transitive. */
  readonly kind: number;
  readonly address: bigint;
  readonly localAdministrator: number;
}

/** PMSI_TUNNEL (RFC 6514 section 5); the identifier's form depends on the type and is kept as bytes. */
export interface PmsiTunnel {
  readonly flags: number;
  readonly tunnelType: number;
  /** The whole 24-bit field: a label in its high 20 bits, or a VNI. */
  readonly label: number;
  readonly identifier: Uint8Array;
}

/** An optional transitive attribute that the codec does not read; it is passed on with the partial bit set. */
export interface UnknownAttribute {
  readonly flags: number;
  readonly type: number;
  readonly value: Uint8Array;
}

/**
 * What an UPDATE says about all of its routes, next hop apart (that is one per family, see Reach). AS4_PATH and
 * AS4_AGGREGATOR are already merged in (RFC 6793 section 4.2.3). Absent lists are empty, or undefined where they are rare;
 * absent scalars are undefined.
 */
export interface PathAttributes {
  readonly origin: Origin;
  readonly asPath: readonly AsPathSegment[];
  /** MULTI_EXIT_DISC: lower is preferred. */
  readonly med?: number | undefined;
  readonly localPreference?: number | undefined;
  readonly atomicAggregate?: boolean | undefined;
  readonly aggregator?: Aggregator | undefined;
  readonly communities: readonly number[];
  readonly originatorId?: number | undefined;
  readonly clusterList: readonly number[];
  /** Eight octets each as one unsigned number; see extended-community.ts for what they say. */
  readonly extendedCommunities: readonly bigint[];
  readonly pmsiTunnel?: PmsiTunnel | undefined;
  readonly ipv6ExtendedCommunities?: readonly Ipv6ExtendedCommunity[] | undefined;
  readonly largeCommunities: readonly LargeCommunity[];
  /** ONLY_TO_CUSTOMER (RFC 9234 section 5): the AS that sent the route down to its customers first. */
  readonly onlyToCustomer?: number | undefined;
  /** OpenContrail's OriginVnPath: origin network communities of the networks that a chain's route has come through. */
  readonly originVnPath?: readonly bigint[] | undefined;
  readonly unknown: readonly UnknownAttribute[];
}
