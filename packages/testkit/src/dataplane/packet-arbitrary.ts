import fc from "fast-check";
import { icmp, inet, tcp, udp } from "./frames.ts";

/** What varies in a packet of a conversation. */
export interface PacketChoices {
  readonly protocol: "tcp" | "udp" | "echo" | "gre" | "icmp-other";
  readonly port: number;
  readonly serverPort: number;
  readonly ttl: number;
  readonly dontFragment: boolean;
  readonly dataBytes: number;
  readonly tcpFlags: number;
  /** TCP options by name. */
  readonly tcpOptions: keyof typeof TCP_OPTIONS;
  readonly ipOptions: boolean;
  readonly gsoSizeBytes: number;
  readonly partialChecksum: boolean;
  readonly trailerBytes: number;
}

const TCP_OPTIONS = {
  none: [],
  mss1460: [2, 4, 0x05, 0xb4],
  mss536: [2, 4, 0x02, 0x18],
  mssAtOddOffset: [1, 2, 4, 0x23, 0x00, 0, 0, 0],
  mssAfterEnd: [0, 0, 0, 0, 2, 4, 0x05, 0xb4],
  mssBehindUnknown: [8, 10, 1, 2, 3, 4, 5, 6, 7, 8, 1, 1, 2, 4, 0x05, 0xb4],
  cutShort: [1, 1, 2, 40],
} as const;

/** One end of a conversation and the other, by address. */
export interface AddressPair {
  readonly source: number;
  readonly destination: number;
}

/** Packet choices, mostly plain. */
export const packetChoices: fc.Arbitrary<PacketChoices> = fc.record({
  protocol: fc.constantFrom("tcp", "tcp", "udp", "udp", "echo", "gre", "icmp-other"),
  port: fc.constantFrom(5000, 5001, 1),
  serverPort: fc.constantFrom(80, 443, 53),
  ttl: fc.constantFrom(64, 64, 64, 64, 64, 64, 2, 1, 0, 255),
  dontFragment: fc.boolean(),
  dataBytes: fc.constantFrom(0, 1, 32, 33, 100, 100, 600, 1400, 1440, 1460),
  tcpFlags: fc.constantFrom(0x02, 0x02, 0x12, 0x10, 0x18, 0x11, 0x04, 0xff),
  tcpOptions: fc.constantFrom(
    "none",
    "none",
    "mss1460",
    "mss1460",
    "mss536",
    "mssAtOddOffset",
    "mssAfterEnd",
    "mssBehindUnknown",
    "cutShort",
  ),
  ipOptions: fc.constantFrom(false, false, false, true),
  gsoSizeBytes: fc.constantFrom(0, 0, 0, 0, 500, 1360, 1600),
  partialChecksum: fc.constantFrom(false, false, false, true),
  trailerBytes: fc.constantFrom(0, 0, 0, 0, 6),
});

/** Transport header and data for one direction; the reply swaps ports. */
function transportOf(choices: PacketChoices, pair: AddressPair, reply: boolean): Uint8Array {
  const data = new Uint8Array(choices.dataBytes).fill(0xa5);
  const ports = reply
    ? { sourcePort: choices.serverPort, destinationPort: choices.port }
    : { sourcePort: choices.port, destinationPort: choices.serverPort };
  switch (choices.protocol) {
    case "tcp":
      return tcp({ ...pair, ...ports }, choices.tcpFlags, data, Uint8Array.from(TCP_OPTIONS[choices.tcpOptions]));
    case "udp":
      return udp({ ...pair, ...ports }, data);
    case "echo":
      return icmp(reply ? 0 : 8, 0, choices.port * 0x10000 + 1, data);
    case "icmp-other":
      return icmp(reply ? 14 : 13, 0, 0, data);
    case "gre":
      return data;
  }
}

const PROTOCOL_NUMBERS = { tcp: 6, udp: 17, echo: 1, "icmp-other": 1, gre: 47 } as const;

/** The whole packet of one direction. */
export function packetOf(choices: PacketChoices, pair: AddressPair, reply: boolean): Uint8Array {
  return inet({
    ...pair,
    protocol: PROTOCOL_NUMBERS[choices.protocol],
    payload: transportOf(choices, pair, reply),
    ttl: choices.ttl,
    dontFragment: choices.dontFragment,
    ...(choices.ipOptions ? { options: Uint8Array.from([1, 1, 1, 1]) } : {}),
  });
}

/** First and later fragment of the packet; the cut is after 32 bytes of the payload, or there is no later one. */
export function fragmentsOf(
  choices: PacketChoices,
  pair: AddressPair,
  reply: boolean,
  identification: number,
): readonly [Uint8Array, Uint8Array] {
  const payload = transportOf({ ...choices, dataBytes: Math.max(choices.dataBytes, 100) }, pair, reply);
  const fields = { ...pair, protocol: PROTOCOL_NUMBERS[choices.protocol], ttl: choices.ttl, identification };
  return [
    inet({ ...fields, payload: payload.subarray(0, 64), moreFragments: true }),
    inet({ ...fields, payload: payload.subarray(64), fragmentOffset: 8 }),
  ];
}

/** An ICMP error (RFC 792) that quotes the head of a packet. */
export function icmpErrorAbout(quoted: Uint8Array, from: number, to: number, type: number): Uint8Array {
  const data = quoted.subarray(0, ((quoted[0] ?? 0) & 15) * 4 + 8);
  return inet({ source: from, destination: to, protocol: 1, payload: icmp(type, type === 3 ? 3 : 0, 0, data) });
}
