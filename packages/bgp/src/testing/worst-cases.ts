import { octetsOf } from "./hex.ts";

/** UPDATE bodies of some length that hold as much of one thing as fits: what costs more than its length shows here. */
export const WORST_CASES: Readonly<Record<string, (lengthBytes: number) => Uint8Array>> = {
  "IPv4 routes of one octet": (length) => body([], repeat("00", length - 4 - BASE.length), BASE),
  "withdrawn IPv4 routes of one octet": (length) => body(repeat("00", length - 4), [], []),
  "VPN routes of twelve octets": (length) =>
    mp(14, "0001 80 0c 0000000000000000 0a000001 00", "58 000111 0000fc0000000001", length),
  "withdrawn memberships of one octet": (length) => mp(15, "0001 84", "00", length),
  "withdrawn IPv6 prefixes": (length) => mp(15, "0002 01", "80 20010db8000000000000000000000001", length),
  "EVPN routes of unknown types": (length) => mp(14, "0019 46 04 0a000001 00", "00 00", length),
  "EVPN routes with an address": (length) =>
    mp(14, "0019 46 04 0a000001 00", "03 11 0001 0a000001 0005 00000000 20 0a000001", length),
  "EVPN prefix routes that contradict themselves": (length) =>
    mp(
      14,
      "0019 46 04 0a000001 00",
      `05 22 0001 0a000001 0005 ${"00".repeat(14)} 18 0a090900 ${"00".repeat(7)}`,
      length,
    ),
  "attributes of no length": (length) => body([], octetsOf("08 0a"), repeat("c0 c8 00", length - 6)),
  "attributes of every type": (length) => body([], octetsOf("08 0a"), everyType(length - 6)),
  communities: (length) => list("c0 08", "fc000007", length),
  "extended communities": (length) => list("c0 10", "0002fc0000000064", length),
  "large communities that are all equal": (length) => list("c0 20", "000000010000000200000003", length),
  "IPv6 extended communities": (length) => list("c0 19", "00".repeat(20), length),
  "AS_PATH of one segment an AS": (length) => list("40 02", "02 01 0000fde9", length, NO_PATH),
  "AS_PATH of full segments": (length) => list("40 02", `02 ff ${"0000fde9".repeat(255)}`, length, NO_PATH),
  "AS4_PATH of one segment an AS": (length) => {
    // Two octets an AS in AS_PATH, and as many hops.
    const count = Math.floor((length - 60) / 10);
    const [short, long] = [octetsOf("02 01 5ba0".repeat(count)), octetsOf("02 01 fa56ea00".repeat(count))];
    const head = (flags: number, type: number, { length: size }: Uint8Array) => [flags, type, size >>> 8, size & 0xff];
    return body([], octetsOf("08 0a"), [
      ...NO_PATH,
      ...head(0x50, 2, short),
      ...short,
      ...head(0xd0, 17, long),
      ...long,
    ]);
  },
};

const NO_PATH = octetsOf("40 01 01 00 40 03 04 0a000001");
const BASE = octetsOf("40 01 01 00 40 02 00 40 03 04 0a000001");

/** As many repetitions as fit. */
function repeat(text: string, lengthBytes: number): Uint8Array {
  const item = octetsOf(text);
  const bytes = new Uint8Array(Math.max(0, lengthBytes - (lengthBytes % item.length)));
  for (let offset = 0; offset < bytes.length; offset += item.length) bytes.set(item, offset);
  return bytes;
}

function everyType(lengthBytes: number): Uint8Array {
  const bytes = repeat("c0 00 01 00", lengthBytes);
  for (let offset = 0; offset < bytes.length; offset += 4) bytes[offset + 1] = offset / 4;
  return bytes;
}

/** One attribute of many items, with what else a route needs. */
function list(head: string, item: string, lengthBytes: number, base = BASE): Uint8Array {
  const value = repeat(item, lengthBytes - 40);
  const [flags = 0, type = 0] = octetsOf(head);
  return body([], octetsOf("08 0a"), [...base, flags | 0x10, type, value.length >>> 8, value.length & 0xff, ...value]);
}

/** One MP attribute of many routes. */
function mp(type: number, head: string, route: string, lengthBytes: number): Uint8Array {
  const value = [...octetsOf(head), ...repeat(route, lengthBytes - 60)];
  return body([], [], [0x90, type, value.length >>> 8, value.length & 0xff, ...value, ...(type === 14 ? BASE : [])]);
}

function body(withdrawn: ArrayLike<number>, routes: ArrayLike<number>, attributes: ArrayLike<number>): Uint8Array {
  const size = ({ length }: ArrayLike<number>) => [length >>> 8, length & 0xff];
  const lists = [size(withdrawn), withdrawn, size(attributes), attributes, routes];
  return Uint8Array.from(lists.flatMap((part) => Array.from(part)));
}
