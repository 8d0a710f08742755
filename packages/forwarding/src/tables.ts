import type { InetPrefix, MacAddress } from "@contrail/net";

/**
 * The desired tables of a host's data plane: plain rows, each with a key, replaced whole.
 * The eBPF adapter and the TypeScript engine hold the same rows; packages/forwarding/PIPELINE.md says what they mean.
 * IPv4 addresses are unsigned 32-bit numbers in host byte order.
 */

/** Values that hold for the whole host. One row, no key. */
export interface HostSettings {
  /** Underlay address of this host: source of tunnels, and the only destination that is decapsulated. */
  readonly localAddress: number;
  /** Kernel name of the underlay device: "eth0". */
  readonly underlayDevice: string;
  /** Bytes of an outer IP packet, 1500 unless set. */
  readonly underlayMtuBytes: number;
  /** Kernel name of the punt device of the data plane's side: "pkt0"; empty where there is none. */
  readonly puntDevice: string;
  /** Packets a second that one interface may punt to the agent. */
  readonly puntsPerSecond: number;
  /** Established flow entries that one interface may hold. */
  readonly flowsPerInterface: number;
}

/** A machine's interface as the host sees it. Key: id. */
export interface InterfaceRow {
  /** 1 to 4351. */
  readonly id: number;
  /** Kernel device name, at most 15 characters. */
  readonly device: string;
  readonly vrf: number;
  /** The machine's MAC: destination of every frame sent to it. */
  readonly mac: MacAddress;
  /** Its own next hop (kind "interface"); identifies the interface in flow keys. */
  readonly nextHop: number;
  /** virtual_network_network_id of its network. */
  readonly network: number;
  /** Interned set of its security groups; 0 is the empty set. */
  readonly groupSet: number;
  /** ACL of its network; 0: none, everything that has a route passes. */
  readonly networkAcl: number;
  /** Compiled security groups towards the machine; 0: no security group is attached. */
  readonly ingressAcl: number;
  /** Compiled security groups from the machine; 0: no security group is attached. */
  readonly egressAcl: number;
  /** Its subnet: TTL is not decremented inside it. Length 0 with address 0 where it has none. */
  readonly subnet: InetPrefix;
  readonly mtuBytes: number;
  /** Its own first address, which services of the host answer to; 0: none, and no service. */
  readonly address: number;
  /** Gateway of its subnet, where services of the host are reached; 0: none. */
  readonly gateway: number;
  /** Name server of its subnet, where services of the host are reached; 0: none. */
  readonly nameServer: number;
}

/** A source that an interface may send from. Key: interface and prefix. */
export interface InterfaceAddressRow {
  readonly interface: number;
  readonly prefix: InetPrefix;
  /** The only source MAC allowed with it. */
  readonly mac: MacAddress;
}

/** Key: id, 1 and up. */
export interface NextHopRow {
  readonly id: number;
  readonly action: NextHopAction;
}

export type NextHopAction =
  | { readonly kind: "discard" }
  | { readonly kind: "interface"; readonly interface: number }
  | { readonly kind: "tunnel"; readonly encapsulation: "mplsoudp"; readonly remoteAddress: number }
  | { readonly kind: "punt" }
  /** Members are never ecmp themselves; 1 to 16; a flow stays with the member that it was given. */
  | { readonly kind: "ecmp"; readonly members: readonly EcmpMember[] };

/** One of the ways that flows are spread over. */
export interface EcmpMember {
  readonly nextHop: number;
  /** MPLS label for a tunnel member, else 0. */
  readonly label: number;
}

/** Key: label, 16 to 1048575. The next hop is of kind "interface". */
export interface LabelRow {
  readonly label: number;
  readonly nextHop: number;
}

/** Key: vrf and prefix; the longest prefix wins. */
export interface RouteRow {
  readonly vrf: number;
  readonly prefix: InetPrefix;
  readonly nextHop: number;
  /** MPLS label for a tunnel next hop, else 0. */
  readonly label: number;
  /** virtual_network_network_id of the network that the destination belongs to; 0: unknown. */
  readonly originNetwork: number;
  /** Interned set of the destination's security groups. */
  readonly groupSet: number;
}

/** An underlay address that tunnels are accepted from. Key: address. */
export interface TunnelEndpointRow {
  readonly address: number;
}

/** Key: id, 1 and up; 0 is the empty set and has no row. */
export interface GroupSetRow {
  readonly id: number;
  /** Security group ids, ascending, at most 64. */
  readonly groups: readonly number[];
}

/** First match decides; no match denies. Key: id, 1 and up. At most 1024 rules. */
export interface AclRow {
  readonly id: number;
  readonly rules: readonly AclRule[];
}

/** One rule; all its conditions must hold, and the first rule that holds decides. */
export interface AclRule {
  readonly pass: boolean;
  readonly source: AddressMatch;
  readonly destination: AddressMatch;
  /** IP protocol number, or "any". */
  readonly protocol: number | "any";
  readonly sourcePorts: PortRange;
  readonly destinationPorts: PortRange;
}

/** Ports first to last, inclusive; 0 to 65535 matches every packet, also one without ports (they count as 0). */
export interface PortRange {
  readonly first: number;
  readonly last: number;
}

export type AddressMatch =
  | { readonly kind: "any" }
  | { readonly kind: "prefix"; readonly prefix: InetPrefix }
  | { readonly kind: "network"; readonly network: number }
  | { readonly kind: "group"; readonly group: number };

/** One change of the desired tables. A remove names the key only. */
export type TableDelta =
  | { readonly kind: "settings"; readonly row: HostSettings }
  | { readonly kind: "interface"; readonly row: InterfaceRow }
  | { readonly kind: "interface-remove"; readonly id: number }
  | { readonly kind: "interface-address"; readonly row: InterfaceAddressRow }
  | { readonly kind: "interface-address-remove"; readonly interface: number; readonly prefix: InetPrefix }
  | { readonly kind: "next-hop"; readonly row: NextHopRow }
  | { readonly kind: "next-hop-remove"; readonly id: number }
  | { readonly kind: "label"; readonly row: LabelRow }
  | { readonly kind: "label-remove"; readonly label: number }
  | { readonly kind: "route"; readonly row: RouteRow }
  | { readonly kind: "route-remove"; readonly vrf: number; readonly prefix: InetPrefix }
  | { readonly kind: "tunnel-endpoint"; readonly row: TunnelEndpointRow }
  | { readonly kind: "tunnel-endpoint-remove"; readonly address: number }
  | { readonly kind: "group-set"; readonly row: GroupSetRow }
  | { readonly kind: "group-set-remove"; readonly id: number }
  | { readonly kind: "acl"; readonly row: AclRow }
  | { readonly kind: "acl-remove"; readonly id: number };
