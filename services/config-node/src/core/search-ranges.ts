import type { Subnet } from "./subnet.ts";

/** Addresses first to last, inclusive. */
export interface AddressRange {
  readonly first: bigint;
  readonly last: bigint;
}

/** The ranges of a subnet that hold no reserved address, in the order in which free addresses are looked for. */
export function searchRanges(subnet: Subnet): readonly AddressRange[] {
  const ranges = subnet.fromStart ? subnet.ranges : subnet.ranges.toReversed();
  return ranges.flatMap((range) => withoutReserved(range, subnet.reserved, subnet.fromStart));
}

function withoutReserved(
  range: AddressRange,
  reserved: ReadonlySet<bigint>,
  fromStart: boolean,
): readonly AddressRange[] {
  const cuts = [...reserved]
    .filter((address) => address >= range.first && address <= range.last)
    .sort((a, b) => (a < b ? -1 : 1));
  const pieces: AddressRange[] = [];
  let first = range.first;
  for (const cut of cuts) {
    if (cut > first) pieces.push({ first, last: cut - 1n });
    first = cut + 1n;
  }
  if (first <= range.last) pieces.push({ first, last: range.last });
  return fromStart ? pieces : pieces.toReversed();
}
