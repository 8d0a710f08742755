import {
  type EcmpMember,
  type FlowEntry,
  type HostSettings,
  type InterfaceCounters,
  type InterfaceRow,
  MAX_ECMP_MEMBERS,
  MAX_GROUPS,
  type NextHopAction,
  type RouteRow,
} from "@contrail/forwarding";
import { type InetPrefix, inetMask, type MacAddress, readMacAddress, writeMacAddress } from "@contrail/net";

/** Raised with every change of bpf/layout.h: maps of another version are left alone and replaced whole. */
export const LAYOUT_VERSION = 5;

/** A bit of enum flow_state. */
const FLOW_ESTABLISHED = 1;

/** Sizes of keys and values, bytes; bpf/layout.h has the same structures. */
export const SIZE = {
  u32: 4,
  settings: 24,
  device: 12,
  vif: 80,
  prefixKey: 12,
  source: 8,
  route: 16,
  nextHop: 12 + 8 * MAX_ECMP_MEMBERS,
  groupSet: 4 + 4 * MAX_GROUPS,
  flowKey: 20,
  fragmentKey: 16,
  flow: 56,
  flowCount: 8,
  puntWindow: 16,
  counters: 40,
  removal: 16,
  testRecord: 32,
} as const;

/** Rows of compiled ACLs that there is room for, as in bpf/layout.h. */
export const ACL_ROWS = 131_072;

/** Count of the established entries of an interface that is gone, as in bpf/layout.h. */
export const FLOWS_GONE = -0x40000000;

/** Slots of interfaces, as in bpf/layout.h. */
export const VIF_SLOTS = 4_352;

/** Uses of a device, as in bpf/layout.h. */
export const DEVICE_USE = { machine: 1, underlay: 2, punt: 3 } as const;

/** A buffer and its view; numbers in the order of the machine are little-endian on every machine that we run on. */
export class Struct {
  readonly bytes: Uint8Array;
  readonly view: DataView;

  constructor(bytes: Uint8Array | number) {
    this.bytes = typeof bytes === "number" ? new Uint8Array(bytes) : bytes;
    this.view = new DataView(this.bytes.buffer, this.bytes.byteOffset, this.bytes.byteLength);
  }

  u32(offset: number, value: number): this {
    this.view.setUint32(offset, value, true);
    return this;
  }

  /** Network order. */
  be32(offset: number, value: number): this {
    this.view.setUint32(offset, value, false);
    return this;
  }

  getU32(offset: number): number {
    return this.view.getUint32(offset, true);
  }

  getBe32(offset: number): number {
    return this.view.getUint32(offset, false);
  }
}

/** Key of a table that is keyed by one number, in the order of the machine. */
export function u32Key(value: number): Uint8Array {
  return new Struct(4).u32(0, value).bytes;
}

/** Key of the tunnel endpoints: the address in network order. */
export function addressKey(address: number): Uint8Array {
  return new Struct(4).be32(0, address).bytes;
}

/** Key of the longest-prefix tables; scope is a VRF or an interface. */
export function prefixKey(scope: number, prefix: InetPrefix): Uint8Array {
  return new Struct(SIZE.prefixKey)
    .u32(0, 32 + prefix.length)
    .be32(4, scope)
    .be32(8, prefix.address).bytes;
}

/** The scope and the prefix of such a key. */
export function readPrefixKey(key: Uint8Array): { readonly scope: number; readonly prefix: InetPrefix } {
  const struct = new Struct(key);
  const prefix = { address: struct.getBe32(8), length: struct.getU32(0) - 32 };
  return { scope: struct.getBe32(4), prefix };
}

/** struct settings, with devices as indexes. */
export function settingsValue(row: HostSettings, underlayIndex: number, puntIndex: number): Uint8Array {
  return new Struct(SIZE.settings)
    .be32(0, row.localAddress)
    .u32(4, underlayIndex)
    .u32(8, row.underlayMtuBytes)
    .u32(12, puntIndex)
    .u32(16, row.puntsPerSecond)
    .u32(20, row.flowsPerInterface).bytes;
}

/** struct device: what the device is used for, its interface, and how it carries the program (CARRIED). */
export function deviceValue(use: number, interfaceId: number, carried: number): Uint8Array {
  return new Struct(SIZE.device).u32(0, use).u32(4, interfaceId).u32(8, carried).bytes;
}

/** What the kernel must know of an interface besides its row. */
export interface VifExtras {
  /** 0: the device is not there. */
  readonly ifindex: number;
  /** True for a veth whose other end is in another namespace. */
  readonly peer: boolean;
  /** One of its /32 sources. */
  readonly primary: { readonly address: number; readonly mac: MacAddress } | undefined;
}

/** struct vif. */
export function vifValue(row: InterfaceRow, extras: VifExtras): Uint8Array {
  const mask = row.subnet.length === 0 ? 0 : inetMask(row.subnet.length);
  const struct = new Struct(SIZE.vif)
    .u32(0, row.id)
    .u32(4, extras.ifindex)
    .u32(8, row.vrf)
    .u32(12, row.nextHop)
    .u32(16, row.network)
    .u32(20, row.groupSet)
    .u32(24, row.networkAcl)
    .u32(28, row.ingressAcl)
    .u32(32, row.egressAcl)
    .be32(36, (row.subnet.address & mask) >>> 0)
    .be32(40, mask)
    .u32(44, row.mtuBytes)
    .be32(68, row.address)
    .be32(72, row.gateway)
    .be32(76, row.nameServer);
  writeMacAddress(struct.bytes, 58, row.mac);
  struct.bytes[64] = extras.peer ? 1 : 0;
  return withPrimary(struct.bytes, extras.primary);
}

/** The same interface with another primary source; changes the bytes in place. */
export function withPrimary(vif: Uint8Array, primary: VifExtras["primary"]): Uint8Array {
  new Struct(vif).be32(48, primary?.address ?? 0);
  writeMacAddress(vif, 52, primary?.mac ?? 0);
  return vif;
}

/** struct source: the MAC that may send from the prefix, and whether the prefix is one address. */
export function sourceValue(mac: MacAddress, prefix: InetPrefix): Uint8Array {
  const bytes = new Uint8Array(SIZE.source);
  writeMacAddress(bytes, 0, mac);
  bytes[6] = prefix.length === 32 ? 1 : 0;
  return bytes;
}

/** The MAC of a struct source. */
export function readSourceMac(value: Uint8Array): MacAddress {
  return readMacAddress(value, 0);
}

/** struct route: next hop, label, origin network, group set. */
export function routeValue(row: RouteRow): Uint8Array {
  return new Struct(SIZE.route).u32(0, row.nextHop).u32(4, row.label).u32(8, row.originNetwork).u32(12, row.groupSet)
    .bytes;
}

const NEXT_HOP_KIND = { discard: 1, interface: 2, tunnel: 3, punt: 4, ecmp: 5 } as const;

/** struct next_hop. */
export function nextHopValue(action: NextHopAction): Uint8Array {
  const struct = new Struct(SIZE.nextHop).u32(0, NEXT_HOP_KIND[action.kind]);
  if (action.kind === "interface") struct.u32(4, action.interface);
  if (action.kind === "tunnel") struct.be32(4, action.remoteAddress);
  if (action.kind === "ecmp") {
    struct.u32(8, action.members.length);
    action.members.forEach((member, index) => {
      writeMember(struct, 12 + 8 * index, member);
    });
  }
  return struct.bytes;
}

function writeMember(struct: Struct, offset: number, member: EcmpMember): void {
  struct.u32(offset, member.nextHop).u32(offset + 4, member.label);
}

/** struct group_set: how many security group ids, then these. */
export function groupSetValue(groups: readonly number[]): Uint8Array {
  const struct = new Struct(SIZE.groupSet).u32(0, groups.length);
  groups.forEach((group, index) => {
    struct.u32(4 + 4 * index, group);
  });
  return struct.bytes;
}

/** One flow entry from its key and value. */
export function readFlow(key: Uint8Array, value: Uint8Array): FlowEntry {
  const at = new Struct(key);
  const flow = new Struct(value);
  return {
    key: {
      nextHop: at.getU32(0),
      sourceAddress: at.getBe32(4),
      destinationAddress: at.getBe32(8),
      sourcePort: at.view.getUint16(12, false),
      destinationPort: at.view.getUint16(14, false),
      protocol: at.view.getUint8(16),
    },
    packets: Number(flow.view.getBigUint64(0, true)),
    bytes: Number(flow.view.getBigUint64(8, true)),
    lastSeenNs: flow.view.getBigUint64(16, true),
    generation: flow.getU32(24),
    peerNextHop: flow.getU32(28),
    verdict: flow.view.getUint8(32) === 1 ? "pass" : "deny",
    reverse: flow.view.getUint8(33) === 1,
    established: (flow.view.getUint8(34) & FLOW_ESTABLISHED) !== 0,
    tcpFlags: flow.view.getUint8(35),
  };
}

/** The sum over all CPUs of one interface's counters. */
export function readCounters(perCpu: Uint8Array): InterfaceCounters {
  const view = new DataView(perCpu.buffer, perCpu.byteOffset, perCpu.byteLength);
  const sum = (offset: number): number => {
    let total = 0n;
    for (let cpu = 0; cpu < perCpu.length; cpu += SIZE.counters) total += view.getBigUint64(cpu + offset, true);
    return Number(total);
  };
  return {
    receivedPackets: sum(0),
    receivedBytes: sum(8),
    sentPackets: sum(16),
    sentBytes: sum(24),
    drops: sum(32),
  };
}
