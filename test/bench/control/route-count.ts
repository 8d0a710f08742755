import { familyCode } from "@contrail/bgp";

const MP_REACH = 14;
const MP_UNREACH = 15;
const EXTENDED_LENGTH = 0x10;
const VPN_SAFI = familyCode("inet-vpn").safi;
const MEMBERSHIP_SAFI = familyCode("route-target").safi;

/** What a session has brought so far: VPNv4 routes by what was said of them, and memberships (RFC 4684). */
export type Heard = "announced" | "withdrawn" | "memberships";

/** Routes by what was said of them. */
export type RouteCounts = Record<Heard, number>;

/**
 * Adds the routes of an UPDATE's body by walking over their lengths (RFC 4271 section 4.3, RFC 4760 sections 3 and 4);
 * nothing else is decoded.
 */
export function countRoutes(body: Uint8Array, counts: RouteCounts): void {
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  let at = 2 + view.getUint16(0);
  const end = at + 2 + view.getUint16(at);
  at += 2;
  while (at < end) {
    const isLong = (view.getUint8(at) & EXTENDED_LENGTH) !== 0;
    const type = view.getUint8(at + 1);
    const length = isLong ? view.getUint16(at + 2) : view.getUint8(at + 2);
    const value = at + (isLong ? 4 : 3);
    at = value + length;
    if (type !== MP_REACH && type !== MP_UNREACH) continue;
    const first = type === MP_REACH ? value + 5 + view.getUint8(value + 3) : value + 3;
    const safi = view.getUint8(value + 2);
    if (safi === VPN_SAFI) counts[type === MP_REACH ? "announced" : "withdrawn"] += routesIn(body, first, at);
    else if (safi === MEMBERSHIP_SAFI && type === MP_REACH) counts.memberships += routesIn(body, first, at);
  }
}

function routesIn(body: Uint8Array, first: number, end: number): number {
  let count = 0;
  for (let at = first; at < end; at += 1 + (((body[at] ?? 0) + 7) >> 3)) count++;
  return count;
}
