/** Bytes of destination MAC, source MAC and EtherType. */
export const ETHERNET_BYTES = 14;
export const ETHERTYPE_INET = 0x0800;
export const ETHERTYPE_ARP = 0x0806;
/** IEEE 802 local experimental EtherType 1, of frames between data plane and agent. */
export const ETHERTYPE_PUNT = 0x88b5;

/** IANA protocol numbers. */
export const PROTOCOL_ICMP = 1;
export const PROTOCOL_TCP = 6;
export const PROTOCOL_UDP = 17;

/** MPLS-in-UDP destination port (RFC 7510 section 3). */
export const MPLS_OVER_UDP_PORT = 6635;
/** The port that OpenContrail used before RFC 7510; accepted, never sent. */
export const MPLS_OVER_UDP_OLD_PORT = 51234;
/** Outer IPv4 20, UDP 8, one MPLS label 4. */
export const TUNNEL_HEADER_BYTES = 32;

export const TCP_FLAG_FIN = 0x01;
export const TCP_FLAG_SYN = 0x02;
export const TCP_FLAG_RST = 0x04;
export const TCP_FLAG_ACK = 0x10;
