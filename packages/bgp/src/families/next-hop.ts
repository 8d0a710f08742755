import { type IpAddress, isMartian, mappedAddress, unmapped, writeIpAddress } from "../ip-address.ts";
import { readUint32, readUint128, writeUint32 } from "../octets.ts";

/**
 * How a family writes its next hop in MP_REACH_NLRI: one address, or an IPv6 address and a link-local one (RFC 2545
 * section 3), each behind a route distinguisher of zero where the family is a VPN (RFC 4364 section 4.3.2).
 *
 *   | [ distinguisher (64) ] address (32 or 128) | [ distinguisher (64) ] link-local address (128) |
 */
export interface NextHopForm {
  readonly distinguished: boolean;
  /** An IPv4 address stands as it is, or as ::ffff:a.b.c.d (RFC 4659 section 3.2.1.2, RFC 4798). */
  readonly inet: "plain" | "mapped";
  /** An IPv6 address may always stand, or only where both sides said so (RFC 8950). */
  readonly inet6: "always" | "agreed";
  /** A link-local address may follow. */
  readonly linkLocal: boolean;
  /** Nothing is ever sent to it: any address will do. */
  readonly unused: boolean;
}

const DISTINGUISHER_BYTES = 8;
const INET_BYTES = 4;
const INET6_BYTES = 16;

/** The address in a next hop field; undefined where its length is not one that the form has. */
export function readNextHop(
  form: NextHopForm,
  bytes: Uint8Array,
  start: number,
  lengthBytes: number,
  inet6Agreed: boolean,
): IpAddress | undefined {
  const skip = form.distinguished ? DISTINGUISHER_BYTES : 0;
  if (form.inet === "plain" && lengthBytes === skip + INET_BYTES) return readUint32(bytes, start + skip);
  if (form.inet6 === "agreed" && !inet6Agreed) return undefined;
  const whole = skip + INET6_BYTES;
  if (lengthBytes !== whole && (lengthBytes !== 2 * whole || !form.linkLocal)) return undefined;
  // A link-local address is of no use to a node that is not on the peer's link: sessions run over the underlay.
  return unmapped(readUint128(bytes, start + skip));
}

/** Octets of the next hop field. */
export function nextHopBytes(form: NextHopForm, nextHop: IpAddress): number {
  const plain = typeof nextHop === "number" && form.inet === "plain";
  return (form.distinguished ? DISTINGUISHER_BYTES : 0) + (plain ? INET_BYTES : INET6_BYTES);
}

/** Writes the next hop field; returns the offset behind it. */
export function writeNextHop(form: NextHopForm, bytes: Uint8Array, start: number, nextHop: IpAddress): number {
  let offset = start;
  if (form.distinguished) offset = writeUint32(bytes, writeUint32(bytes, offset, 0), 0);
  const mapped = typeof nextHop === "number" && form.inet === "mapped";
  return writeIpAddress(bytes, offset, mapped ? mappedAddress(nextHop) : nextHop);
}

/** True where routes of the family cannot be reached by this next hop. */
export function isUnusableNextHop(form: NextHopForm, nextHop: IpAddress): boolean {
  return !form.unused && isMartian(nextHop);
}
