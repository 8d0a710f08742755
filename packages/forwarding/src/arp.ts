import { readMacAddress, VROUTER_MAC, writeMacAddress } from "@contrail/net";
import { read16, read32, write16, write32 } from "./bytes.ts";
import { ETHERNET_BYTES, ETHERTYPE_INET } from "./constants.ts";
import type { DropReason } from "./drop-reason.ts";
import type { TableStore } from "./table-store.ts";
import type { InterfaceRow } from "./tables.ts";

/**
 * ARP for IPv4 over Ethernet (RFC 826), after the Ethernet header:
 *
 *   hardware type:16 = 1 | protocol:16 = 0x0800 | 6:8 | 4:8 | operation:16
 *   sender MAC:48 | sender address:32 | target MAC:48 | target address:32
 */
const ARP = ETHERNET_BYTES;
const ARP_BYTES = 28;
const OPERATION = ARP + 6;
const SENDER_MAC = ARP + 8;
const SENDER = ARP + 14;
const TARGET_MAC = ARP + 18;
const TARGET = ARP + 24;

/** The reply that the vRouter gives for every address that the interface has a route to, or why there is none. */
export function answerArp(tables: TableStore, ingress: InterfaceRow, frame: Uint8Array): Uint8Array | DropReason {
  if (frame.length < ARP + ARP_BYTES || read16(frame, ARP) !== 1) return "invalid_arp";
  if (read16(frame, ARP + 2) !== ETHERTYPE_INET || read16(frame, ARP + 4) !== 0x0604) return "invalid_arp";
  const mac = readMacAddress(frame, 6);
  if (readMacAddress(frame, SENDER_MAC) !== mac) return "invalid_source";
  if (read16(frame, OPERATION) !== 1) return "discard";
  const sender = read32(frame, SENDER);
  const allowedMac = sender === 0 ? ingress.mac : tables.interfaceAddress(ingress.id, sender)?.mac;
  if (allowedMac !== mac) return "invalid_source";
  const target = read32(frame, TARGET);
  if (target === sender || tables.ownsAddress(ingress.id, target)) return "discard";
  const route = tables.route(ingress.vrf, target);
  const action = route === undefined ? undefined : tables.nextHops.get(route.nextHop)?.action;
  if (action === undefined || action.kind === "discard") return "discard";
  return reply(frame, mac, sender, target);
}

function reply(frame: Uint8Array, askerMac: number, asker: number, target: number): Uint8Array {
  const bytes = frame.slice();
  writeMacAddress(bytes, 0, askerMac);
  writeMacAddress(bytes, 6, VROUTER_MAC);
  write16(bytes, OPERATION, 2);
  writeMacAddress(bytes, SENDER_MAC, VROUTER_MAC);
  write32(bytes, SENDER, target);
  writeMacAddress(bytes, TARGET_MAC, askerMac);
  write32(bytes, TARGET, asker);
  return bytes;
}
