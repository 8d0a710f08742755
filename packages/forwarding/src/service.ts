import { type InetPrefix, inetPrefix } from "@contrail/net";
import { MAX_INTERFACE_ID } from "./row-problem.ts";
import type { InterfaceRow } from "./tables.ts";

/** Where machines ask for metadata (RFC 3927 keeps the prefix to one link). */
export const METADATA_ADDRESS = 0xa9fea9fe;
/** The addresses that the host's side knows: 169.254.128.0/19, without a host's own 169.254.169.254. */
export const LINK_LOCAL_PREFIX: InetPrefix = inetPrefix(0xa9fe8000, 19);
/** 169.254.159.252 to .254: what the host's sockets have, for each of the addresses that a machine may ask. */
export const SERVICE_ADDRESSES = { nameServer: 0xa9fe9ffc, gateway: 0xa9fe9ffd, metadata: 0xa9fe9ffe } as const;
/** Ports of the host's sockets: the well-known ones may be taken by the host's own services. */
export const SERVICE_PORTS = { metadata: 8097, password: 8098, names: 8099 } as const;

const PORT_MAP = [
  { tcp: true, udp: false, machine: 80, host: SERVICE_PORTS.metadata },
  { tcp: true, udp: false, machine: 8080, host: SERVICE_PORTS.password },
  { tcp: true, udp: true, machine: 53, host: SERVICE_PORTS.names },
] as const;

/** The address by which the host's side knows an interface: 169.254.128.0 and its id. */
export function linkLocalOf(interfaceId: number): number {
  return LINK_LOCAL_PREFIX.address + interfaceId;
}

/** The interface of such an address; undefined for any other. */
export function interfaceOfLinkLocal(address: number): number | undefined {
  const id = address - LINK_LOCAL_PREFIX.address;
  return id >= 1 && id <= MAX_INTERFACE_ID ? id : undefined;
}

/** A port as machines know it, as the host's socket has it; undefined: no service has it. */
export function hostPort(udp: boolean, port: number): number | undefined {
  return PORT_MAP.find((each) => each.machine === port && (udp ? each.udp : each.tcp))?.host;
}

/** The other way round. */
export function machinePort(udp: boolean, port: number): number | undefined {
  return PORT_MAP.find((each) => each.host === port && (udp ? each.udp : each.tcp))?.machine;
}

/** An address that a machine asks, as the host's socket has it; undefined: no service is there. */
export function hostAddress({ gateway, nameServer }: InterfaceRow, address: number): number | undefined {
  if (address === METADATA_ADDRESS) return SERVICE_ADDRESSES.metadata;
  if (address === 0) return undefined;
  if (address === gateway) return SERVICE_ADDRESSES.gateway;
  return address === nameServer ? SERVICE_ADDRESSES.nameServer : undefined;
}

/** The other way round. */
export function machineAddress({ gateway, nameServer }: InterfaceRow, address: number): number | undefined {
  if (address === SERVICE_ADDRESSES.metadata) return METADATA_ADDRESS;
  if (address === SERVICE_ADDRESSES.gateway && gateway !== 0) return gateway;
  return address === SERVICE_ADDRESSES.nameServer && nameServer !== 0 ? nameServer : undefined;
}
