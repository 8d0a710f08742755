import { PROTOCOL_ICMP } from "./constants.ts";
import type { FlowKey } from "./flow.ts";

/** The key of the other direction: addresses swapped, and ports except for ICMP, under the peer's next hop. */
export function reverseFlowKey(key: FlowKey, nextHop: number): FlowKey {
  const swap = key.protocol !== PROTOCOL_ICMP;
  return {
    nextHop,
    protocol: key.protocol,
    sourceAddress: key.destinationAddress,
    destinationAddress: key.sourceAddress,
    sourcePort: swap ? key.destinationPort : key.sourcePort,
    destinationPort: swap ? key.sourcePort : key.destinationPort,
  };
}

/** One text per key, for maps. */
export function flowKeyText(key: FlowKey): string {
  return `${key.nextHop}/${key.protocol}/${key.sourceAddress}/${key.destinationAddress}/${key.sourcePort}/${key.destinationPort}`;
}

/**
 * 32-bit FNV-1a over source address, destination address, protocol, source port, destination port in network order,
 * then folded: chooses the ecmp member and the outer source port.
 */
export function flowHash(key: FlowKey): number {
  let hash = 0x811c9dc5;
  const mix = (byte: number): void => {
    hash = Math.imul(hash ^ (byte & 255), 0x01000193);
  };
  for (const address of [key.sourceAddress, key.destinationAddress]) {
    for (const shift of [24, 16, 8, 0]) mix(address >>> shift);
  }
  mix(key.protocol);
  for (const port of [key.sourcePort, key.destinationPort]) {
    mix(port >>> 8);
    mix(port);
  }
  return (hash ^ (hash >>> 16)) >>> 0;
}
