import { keyAddress, keyLength, prefixKey } from "./path.ts";

/** Compact keys of prefixes that are no hosts' begin here, above all those of hosts. */
const OTHERS = 2 ** 33;

/**
 * The key of a prefix in a table of many: that of a host, which most are, is a signed number of 32 bits, which V8 keeps
 * in the table itself. Of other numbers, those of prefixKey among them, it makes an object of 16 octets each.
 */
export function compactKey(address: number, length: number): number {
  return length === 32 ? address | 0 : OTHERS + prefixKey(address, length);
}

/** The compact key of a prefix key. */
export function toCompactKey(key: number): number {
  return compactKey(keyAddress(key), keyLength(key));
}

/** The prefix key of a compact key. */
export function fromCompactKey(compact: number): number {
  return compact < OTHERS ? prefixKey(compact >>> 0, 32) : compact - OTHERS;
}
