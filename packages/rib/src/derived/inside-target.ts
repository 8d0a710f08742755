import type { ExtendedCommunity } from "@contrail/bgp";
import { NAME_HASH_BITS, nameHash } from "./name-hash.ts";

/** What stands in front of the hash. */
const FORM = 0x0102_00n;

/**
 * The route target of an instance's routes inside its aggregates: the instance itself imports it on every control node,
 * and nobody else, who are told of the aggregate. Another one may come to the same: see VrfTable.insideNetwork. Its
 * administrator is an address of 0.0.0.0/8, which no router has:
 *
 *   | 0x0102 (16) | 0 (8) | hash of the instance's name (40) |
 */
export function insideTarget(instance: string): ExtendedCommunity {
  return (FORM << NAME_HASH_BITS) | nameHash(instance);
}

/** True for the target of the routes inside the aggregates of some instance. */
export function isInsideTarget(community: ExtendedCommunity): boolean {
  return community >> NAME_HASH_BITS === FORM;
}
