import { formatInet6Address, formatInetAddress, parseInet6Address, parseInetAddress } from "@contrail/net";

/** As the API writes families. */
export type Family = "v4" | "v6";

/** An address of either family as a number, so that ranges of both are handled alike. */
export interface IpAddress {
  readonly family: Family;
  readonly value: bigint;
}

/** Bits of an address. */
export const ADDRESS_BITS: Readonly<Record<Family, number>> = { v4: 32, v6: 128 };
/** How an error text calls an address. */
export const FAMILY_NAMES: Readonly<Record<Family, string>> = { v4: "IPv4", v6: "IPv6" };

/** undefined where the text is an address of neither family. */
export function parseIpAddress(text: string): IpAddress | undefined {
  const inet = parseInetAddress(text);
  if (inet !== undefined) return { family: "v4", value: BigInt(inet) };
  const inet6 = parseInet6Address(text);
  return inet6 === undefined ? undefined : { family: "v6", value: inet6 };
}

/** Dotted decimal, or the usual form of IPv6 (RFC 5952). */
export function formatIpAddress({ family, value }: IpAddress): string {
  return family === "v4" ? formatInetAddress(Number(value)) : formatInet6Address(value);
}
