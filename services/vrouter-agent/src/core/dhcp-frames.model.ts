import { octets32 } from "./dhcp-message.ts";

/** A client's message, built apart from the codec under test (RFC 2131 figure 1). */
export function clientMessage(
  type: number,
  options: readonly (readonly [number, readonly number[]])[] = [],
): Uint8Array {
  const fixed = new Uint8Array(236);
  fixed.set([1, 1, 6, 0, 0xde, 0xad, 0xbe, 0xef]);
  fixed.set([2, 0, 0, 0, 0, 0], 28);
  const tail = [
    99,
    130,
    83,
    99,
    53,
    1,
    type,
    ...options.flatMap(([code, value]) => [code, value.length, ...value]),
    255,
  ];
  return Uint8Array.of(...fixed, ...tail);
}

/** The frame in which a machine sends it: Ethernet, IPv4 0.0.0.0 to 255.255.255.255, UDP 68 to 67. */
export function clientFrame(message: Uint8Array): Uint8Array {
  const length = 28 + message.length;
  return Uint8Array.of(
    ...[255, 255, 255, 255, 255, 255, 2, 0, 0, 0, 0, 0, 8, 0],
    ...[0x45, 0, length >> 8, length & 255, 0, 0, 0, 0, 64, 17, 0, 0, 0, 0, 0, 0, 255, 255, 255, 255],
    ...[0, 68, 0, 67, (length - 20) >> 8, (length - 20) & 255, 0, 0],
    ...message,
  );
}

/** Options of a server's message by code, those of one code joined (RFC 3396). */
export function optionsOf(message: Uint8Array): ReadonlyMap<number, readonly number[]> {
  const options = new Map<number, readonly number[]>();
  for (let at = 240; message[at] !== 255 && at < message.length; ) {
    const code = message[at] ?? 0;
    const length = message[at + 1] ?? 0;
    options.set(code, [...(options.get(code) ?? []), ...message.subarray(at + 2, at + 2 + length)]);
    at += 2 + length;
  }
  return options;
}

/** The octets of an address, as an option holds them. */
export function address(value: number): readonly number[] {
  return [...octets32(value)];
}
