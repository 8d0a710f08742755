import type { IpAddress } from "@contrail/bgp";
import { nameHash } from "./name-hash.ts";

/** The two halves of a route distinguisher. */
export interface Distinguisher {
  readonly high: number;
  readonly low: number;
}

/** Type 1, and an administrator of 0.0.0.0/8, which no router has. */
const FORM = 0x0001_0000;

/**
 * The distinguisher of a derived route of a source by way of a next hop (type 1, RFC 4364 section 4.2):
 *
 *   | 0x0001 (16) | 0 (8) | hash of our AS, source, next hop and order (40) |
 *
 * Every control node comes to it by itself. Other next hops make other routes, so that peers get all of them; and so do
 * other kinds of routes of an instance, as one could hide the very route that it is made of. Where two sources come to one
 * number for one prefix, only one of the routes is there (docs/decisions/0044-routes-of-the-control-node.md).
 */
export function derivedDistinguisher(
  autonomousSystem: number,
  source: string,
  nextHop: IpAddress,
  order: number,
): Distinguisher {
  const hash = nameHash(`${autonomousSystem} ${source} ${nextHop} ${order}`);
  return { high: FORM | Number(hash >> 32n), low: Number(hash & 0xffffffffn) };
}
