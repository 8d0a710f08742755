/** One VPN-IPv6 destination; see InetVpnRoute for what the fields are (RFC 4659 section 2). */
export interface Inet6VpnRoute {
  readonly rdHigh: number;
  readonly rdLow: number;
  /** 128 bits, those behind the length are zero. */
  readonly address: bigint;
  /** Of the prefix alone: 0 to 128. */
  readonly length: number;
  /** 0 to 1048575. */
  readonly label: number;
}
