/** A MAC address as a number below 2^48: 02:00:00:00:00:01 is 0x020000000001. */
export type MacAddress = number;

/** The address that the vRouter answers ARP with, and the source of every frame that it sends to a machine. */
export const VROUTER_MAC: MacAddress = 0x00005e000100;

export const BROADCAST_MAC: MacAddress = 0xffffffffffff;

/** Parses six hexadecimal octets joined by colons; undefined where it is not that. */
export function parseMacAddress(text: string): MacAddress | undefined {
  if (!/^[0-9a-fA-F]{2}(:[0-9a-fA-F]{2}){5}$/.test(text)) return undefined;
  return Number.parseInt(text.replaceAll(":", ""), 16);
}

/** Lower case with colons. */
export function formatMacAddress(mac: MacAddress): string {
  return (mac.toString(16).padStart(12, "0").match(/../g) ?? []).join(":");
}

/** Reads six octets in network order. */
export function readMacAddress(bytes: Uint8Array, offset: number): MacAddress {
  let mac = 0;
  for (let index = 0; index < 6; index++) mac = mac * 256 + (bytes[offset + index] ?? 0);
  return mac;
}

/** Writes six octets in network order. */
export function writeMacAddress(bytes: Uint8Array, offset: number, mac: MacAddress): void {
  let rest = mac;
  for (let index = 5; index >= 0; index--) {
    bytes[offset + index] = rest % 256;
    rest = Math.floor(rest / 256);
  }
}
