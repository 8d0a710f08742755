import { AS_TRANS, type IpAddress } from "@contrail/bgp";
import { nameHash } from "./name-hash.ts";

/** The two halves of a route distinguisher. */
export interface Distinguisher {
  readonly high: number;
  readonly low: number;
}

/**
 * The distinguisher of a derived route of a source by way of a next hop: of type 0 (RFC 4364 section 4.2), our AS and a
 * number that every control node comes to by itself, of source, next hop and order. Other next hops make other
 * routes, so that peers get all of them; and so do other kinds of routes of an instance, as one could hide the very route
 * that it is made of. Where two sources come to one number for one prefix, only one of the routes is there
 * (docs/decisions/0044-routes-of-the-control-node.md).
 */
export function derivedDistinguisher(
  autonomousSystem: number,
  source: string,
  nextHop: IpAddress,
  order: number,
): Distinguisher {
  return {
    high: autonomousSystem > 0xffff ? AS_TRANS : autonomousSystem,
    low: nameHash(`${source} ${nextHop} ${order}`),
  };
}
