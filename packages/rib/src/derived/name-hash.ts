import { HASH_BITS, sha256 } from "./sha-256.ts";

/** Bits of a hash of names: what the fields that carry it have room for. */
export const NAME_HASH_BITS = 40n;

/**
 * A number of 40 bits that every control node comes to by itself for a text. Tenants choose names: a weak hash would let
 * them compute one that comes to the number of another tenant's.
 */
export function nameHash(text: string): bigint {
  return sha256(text) >> (HASH_BITS - NAME_HASH_BITS);
}
