import { type ConfigObject, record } from "@contrail/schema";
import { text } from "./json-read.ts";

/** Numbers of chain addresses: the last 24 bits of 0.0.0.0/8 and ::ff00:0/104 (service-chain-flat-ipam), without its ends. */
export const CHAIN_ADDRESSES = { first: 4, last: 0xfffffe };

/** The IPv4 form of a number: 0.0.0.4. */
export function chainAddress4(number: number): string {
  return `0.${number >> 16}.${(number >> 8) & 0xff}.${number & 0xff}`;
}

/** The IPv6 form of a number: ::ff00:4. */
export function chainAddress6(number: number): string {
  return `::${(0xff00 | (number >> 16)).toString(16)}:${(number & 0xffff).toString(16)}`;
}

/** The number of the chain address that a routing instance in the store has. */
export function chainNumber(instance: ConfigObject | undefined): number | undefined {
  const address = text(record(instance?.properties.service_chain_information).service_chain_address);
  const found = /^0\.(\d+)\.(\d+)\.(\d+)$/.exec(address ?? "");
  return found === null ? undefined : found.slice(1).reduce((sum, part) => sum * 256 + Number(part), 0);
}
