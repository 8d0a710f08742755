import { isInet6Address, parseInetAddress } from "./inet.ts";

/** An IPv6 address is an unsigned 128-bit number: ::1 is 1n. Parses RFC 4291 section 2.2; undefined where it is none. */
export function parseInet6Address(text: string): bigint | undefined {
  if (!isInet6Address(text)) return undefined;
  const [head = "", tail] = text.split("::");
  const front = groupsOf(head);
  const back = tail === undefined ? [] : groupsOf(tail);
  const zeros = Array<bigint>(8 - front.length - back.length).fill(0n);
  return [...front, ...zeros, ...back].reduce((address, group) => (address << 16n) | group, 0n);
}

/** The usual form: lower case, no leading zeros, the longest run of two or more zero groups as "::" (RFC 5952). */
export function formatInet6Address(address: bigint): string {
  const groups = Array.from({ length: 8 }, (_, index) =>
    ((address >> BigInt(112 - 16 * index)) & 0xffffn).toString(16),
  );
  const { start, length } = longestZeros(groups);
  if (length < 2) return groups.join(":");
  return `${groups.slice(0, start).join(":")}::${groups.slice(start + length).join(":")}`;
}

/** Groups of 16 bits; a dotted IPv4 address at the end is two. */
function groupsOf(half: string): bigint[] {
  if (half === "") return [];
  return half.split(":").flatMap((group) => {
    if (!group.includes(".")) return [BigInt(`0x${group}`)];
    const address = BigInt(parseInetAddress(group) ?? 0);
    return [address >> 16n, address & 0xffffn];
  });
}

function longestZeros(groups: readonly string[]): { readonly start: number; readonly length: number } {
  let best = { start: 0, length: 0 };
  for (let start = 0; start < groups.length; start++) {
    let end = start;
    while (groups[end] === "0") end++;
    if (end - start > best.length) best = { start, length: end - start };
  }
  return best;
}
