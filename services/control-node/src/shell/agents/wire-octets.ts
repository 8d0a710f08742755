import type { IpAddress } from "@contrail/bgp";
import { ContrailError } from "@contrail/errors";
import { BROADCAST_MAC } from "@contrail/net";

const INET_OCTETS = 4;
const INET6_OCTETS = 16;
/** Set in the address of several stations (IEEE 802 section 8.2). */
const GROUP_BIT = 1n << 40n;

/** An address of 4 or 16 octets in network order, or of none: undefined. Throws "control.bad_request" for other lengths. */
export function fromOctets(octets: Uint8Array, what: string): IpAddress | undefined {
  const { length } = octets;
  if (length === 0) return undefined;
  if (length !== INET_OCTETS && length !== INET6_OCTETS)
    throw new ContrailError("control.bad_request", `${what} has ${length} octets, an address has 4 or 16`);
  const address = octets.reduce((high, octet) => (high << 8n) | BigInt(octet), 0n);
  return length === INET_OCTETS ? Number(address) : address;
}

/** The same for an address that has to be there. */
export function addressOf(octets: Uint8Array, what: string): IpAddress {
  const address = fromOctets(octets, what);
  if (address === undefined) throw new ContrailError("control.bad_request", `${what} is missing`);
  return address;
}

/** The octets of an address; none for undefined. */
export function toOctets(address: IpAddress | undefined): Buffer {
  if (address === undefined) return Buffer.alloc(0);
  const octets = Buffer.alloc(typeof address === "number" ? INET_OCTETS : INET6_OCTETS);
  let rest = BigInt(address);
  for (let index = octets.length - 1; index >= 0; index--, rest >>= 8n) octets[index] = Number(rest & 0xffn);
  return octets;
}

/** The MAC address of one station, below 2^48 (RFC 9136 section 3.2). Throws "control.bad_request" for any other. */
export function fromWireMac(given: bigint, what: string): number {
  if (given > 0n && given <= BROADCAST_MAC && (given & GROUP_BIT) === 0n) return Number(given);
  throw new ContrailError("control.bad_request", `${what} ${given} is no address of one station`);
}
