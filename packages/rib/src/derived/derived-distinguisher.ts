import { AS_TRANS, type IpAddress } from "@contrail/bgp";

/** The two halves of a route distinguisher. */
export interface Distinguisher {
  readonly high: number;
  readonly low: number;
}

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/**
 * The distinguisher of a derived route of a source by way of a next hop: of type 0 (RFC 4364 section 4.2), our AS and a
 * number that every control node comes to by itself (FNV-1a of source, next hop and order). Other next hops make other
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
  const text = `${source} ${nextHop} ${order}`;
  let hash = FNV_OFFSET;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), FNV_PRIME);
  return { high: autonomousSystem > 0xffff ? AS_TRANS : autonomousSystem, low: hash >>> 0 };
}
