import type { ExtendedCommunity } from "@contrail/bgp";
import { nameHash } from "./name-hash.ts";

/** What stands in front of the 40 bits. */
const FORM = 0x0102_00n;

/**
 * The route target of an instance's routes inside its aggregates: the instance itself imports it on every control node,
 * and nobody else, who are told of the aggregate. Its administrator is an address of 0.0.0.0/8, which no router has:
 *
 *   | 0x0102 (16) | 0 (8) | 40 bits that stand for the instance's name |
 */
export function insideTarget(instance: string): ExtendedCommunity {
  return (FORM << 40n) | (BigInt(nameHash(instance)) << 8n) | BigInt(nameHash(`${instance} `) & 0xff);
}

/** True for the target of the routes inside the aggregates of some instance. */
export function isInsideTarget(community: ExtendedCommunity): boolean {
  return community >> 40n === FORM;
}
