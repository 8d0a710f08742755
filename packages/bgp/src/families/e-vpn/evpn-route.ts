import type { IpAddress } from "../../ip-address.ts";

/** What every EVPN route begins with: the halves of its route distinguisher. */
interface Distinguished {
  readonly rdHigh: number;
  readonly rdLow: number;
}

/**
 * An Ethernet segment identifier: ten octets as one number, 0n for a single-homed segment (RFC 7432 section 5). Labels
 * are whole fields of 24 bits: an MPLS label in the high 20, or a VNI (RFC 8365 section 5.1.3); see label-field.ts.
 */
export type EthernetSegmentId = bigint;

/** Type 1 (RFC 7432 section 7.1): of a segment (tag 0xffffffff), or of a segment in one instance. */
export interface AutoDiscoveryRoute extends Distinguished {
  readonly type: 1;
  readonly segment: EthernetSegmentId;
  readonly ethernetTag: number;
  readonly label: number;
}

/** Type 2 (RFC 7432 section 7.2): where a MAC address is, and the IP address behind it. */
export interface MacIpRoute extends Distinguished {
  readonly type: 2;
  readonly segment: EthernetSegmentId;
  readonly ethernetTag: number;
  readonly mac: number;
  readonly ip: IpAddress | undefined;
  readonly label: number;
  /** For routing (RFC 9135 section 5.1); undefined where there is none. */
  readonly label2: number | undefined;
}

/** Type 3 (RFC 7432 section 7.3): who takes broadcast and multicast; the tunnel is in PMSI_TUNNEL. */
export interface InclusiveMulticastRoute extends Distinguished {
  readonly type: 3;
  readonly ethernetTag: number;
  readonly originator: IpAddress;
}

/** Type 4 (RFC 7432 section 7.4): who is attached to a segment. */
export interface EthernetSegmentRoute extends Distinguished {
  readonly type: 4;
  readonly segment: EthernetSegmentId;
  readonly originator: IpAddress;
}

/** Type 5 (RFC 9136 section 3.1): an IP prefix; prefix and gateway are of the same version. */
export interface IpPrefixRoute extends Distinguished {
  readonly type: 5;
  readonly segment: EthernetSegmentId;
  readonly ethernetTag: number;
  readonly address: IpAddress;
  readonly length: number;
  /** 0 or 0n where it is not used as overlay index. */
  readonly gateway: IpAddress;
  readonly label: number;
}

/** Type 6 (RFC 9251 section 9.1): who wants a multicast group; no source means any. */
export interface SelectiveMulticastRoute extends Distinguished {
  readonly type: 6;
  readonly ethernetTag: number;
  readonly source: IpAddress | undefined;
  /** Undefined: all groups. */
  readonly group: IpAddress | undefined;
  readonly originator: IpAddress;
  /** Versions of IGMP or MLD that are wanted, and whether sources are excluded (section 9.1). */
  readonly flags: number;
}

/** An EVPN route of the types that OpenContrail knows. */
export type EvpnRoute =
  | AutoDiscoveryRoute
  | MacIpRoute
  | InclusiveMulticastRoute
  | EthernetSegmentRoute
  | IpPrefixRoute
  | SelectiveMulticastRoute;
