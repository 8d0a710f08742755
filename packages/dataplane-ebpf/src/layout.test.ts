import { readFileSync } from "node:fs";
import type { InterfaceRow } from "@contrail/forwarding";
import { inetPrefix } from "@contrail/net";
import fc from "fast-check";
import { expect, test } from "vitest";
import { ACL_ROW_BYTES } from "./acl-bitmaps.ts";
import { structLayouts } from "./btf-structs.ts";
import {
  nextHopValue,
  prefixKey,
  readCounters,
  readFlow,
  readPrefixKey,
  readSourceMac,
  SIZE,
  Struct,
  settingsValue,
  sourceValue,
  vifValue,
} from "./layout.ts";

const STRUCTS = structLayouts(readFileSync(new URL("../bpf/vrouter.bpf.o", import.meta.url)));

/** Names of layout.ts, and of the C structures. */
const NAMES = {
  settings: "settings",
  device: "device",
  vif: "vif",
  prefixKey: "prefix_key",
  source: "source",
  route: "route",
  nextHop: "next_hop",
  groupSet: "group_set",
  flowKey: "flow_key",
  flow: "flow",
  flowCount: "flow_count",
  fragmentKey: "fragment_key",
  puntWindow: "punt_window",
  counters: "vif_counters",
  removal: "removal",
} as const;

test.each(Object.entries(NAMES))("%s is as large as the compiled program has it", (name, struct) => {
  // The names of this table are names of SIZE.
  expect(STRUCTS.get(struct)?.sizeBytes).toBe(SIZE[name as keyof typeof NAMES]);
});

test("a row of a compiled ACL is as large as the compiled program has it", () => {
  expect(STRUCTS.get("acl_row")?.sizeBytes).toBe(ACL_ROW_BYTES);
});

function offset(struct: string, member: string): number {
  const at = STRUCTS.get(struct)?.offsets.get(member);
  if (at === undefined) throw new Error(`${struct} has no member ${member}`);
  return at;
}

test("an interface's members stand where the compiled program reads them", () => {
  const row: InterfaceRow = {
    id: 1,
    device: "vif1",
    vrf: 2,
    mac: 0x020000000001,
    nextHop: 3,
    network: 4,
    groupSet: 5,
    networkAcl: 6,
    ingressAcl: 7,
    egressAcl: 8,
    subnet: inetPrefix(0x0a010203, 24),
    mtuBytes: 1450,
    address: 0x0a010205,
    gateway: 0x0a010201,
    nameServer: 0x0a010202,
  };
  const primary = { address: 0x0a010203, mac: 0x020000000002 };
  const value = new Struct(vifValue(row, { ifindex: 9, peer: true, primary }));
  const words = { id: 1, ifindex: 9, vrf: 2, next_hop: 3, network: 4, group_set: 5, network_acl: 6 };
  for (const [member, wanted] of Object.entries({ ...words, ingress_acl: 7, egress_acl: 8, mtu: 1450 })) {
    expect([member, value.getU32(offset("vif", member))]).toEqual([member, wanted]);
  }
  expect(value.getBe32(offset("vif", "subnet"))).toBe(0x0a010200);
  expect(value.getBe32(offset("vif", "subnet_mask"))).toBe(0xffffff00);
  expect(value.getBe32(offset("vif", "primary"))).toBe(0x0a010203);
  expect(value.getBe32(offset("vif", "address"))).toBe(0x0a010205);
  expect(value.getBe32(offset("vif", "gateway"))).toBe(0x0a010201);
  expect(value.getBe32(offset("vif", "name_server"))).toBe(0x0a010202);
  expect(value.bytes[offset("vif", "primary_mac") + 5]).toBe(2);
  expect(value.bytes[offset("vif", "mac") + 5]).toBe(1);
  expect(value.bytes[offset("vif", "peer")]).toBe(1);
});

test("a host's settings stand where the compiled program reads them", () => {
  const row = { localAddress: 0xac1e0102, underlayDevice: "eth0", underlayMtuBytes: 1500, puntDevice: "pkt0" };
  const value = new Struct(settingsValue({ ...row, puntsPerSecond: 50, flowsPerInterface: 100_000 }, 7, 8));
  expect(value.getBe32(offset("settings", "local_address"))).toBe(0xac1e0102);
  const words = { underlay_ifindex: 7, underlay_mtu: 1500, punt_ifindex: 8, punts_per_second: 50 };
  for (const [member, wanted] of Object.entries({ ...words, flows_per_interface: 100_000 })) {
    expect([member, value.getU32(offset("settings", member))]).toEqual([member, wanted]);
  }
});

test("ecmp members stand one after the other", () => {
  const members = [1, 2, 3].map((nextHop) => ({ nextHop, label: 100 + nextHop }));
  const value = new Struct(nextHopValue({ kind: "ecmp", members }));
  const start = offset("next_hop", "members");
  const read = members.map((_, index) => [value.getU32(start + 8 * index), value.getU32(start + 8 * index + 4)]);
  expect(read).toEqual(members.map(({ nextHop, label }) => [nextHop, label]));
  expect(value.getU32(offset("next_hop", "count"))).toBe(3);
});

test("a prefix and its scope are read as they were written", () => {
  const prefix = fc.tuple(fc.nat(0xffffffff), fc.nat(32)).map(([address, length]) => inetPrefix(address, length));
  fc.assert(
    fc.property(fc.nat(0xffffffff), prefix, (scope, written) => {
      expect(readPrefixKey(prefixKey(scope, written))).toEqual({ scope, prefix: written });
    }),
  );
});

test("a source's MAC is read as it was written, and only a /32 is marked as a host's", () => {
  const mac = 0x02abcdef0123;
  expect(readSourceMac(sourceValue(mac, inetPrefix(0x0a000001, 32)))).toBe(mac);
  expect(sourceValue(mac, inetPrefix(0x0a000001, 32))[offset("source", "host")]).toBe(1);
  expect(sourceValue(mac, inetPrefix(0x0a000000, 31))[offset("source", "host")]).toBe(0);
});

test("a flow entry is read from where the compiled program writes it", () => {
  const key = new Struct(SIZE.flowKey).u32(offset("flow_key", "next_hop"), 3);
  key.be32(offset("flow_key", "source"), 0x0a000001).be32(offset("flow_key", "destination"), 0x0a000002);
  key.view.setUint16(offset("flow_key", "source_port"), 1234, false);
  key.view.setUint16(offset("flow_key", "destination_port"), 80, false);
  key.bytes[offset("flow_key", "protocol")] = 6;
  const value = new Struct(SIZE.flow).u32(offset("flow", "generation"), 4).u32(offset("flow", "peer_next_hop"), 5);
  value.view.setBigUint64(offset("flow", "packets"), 6n, true);
  value.view.setBigUint64(offset("flow", "bytes"), 700n, true);
  value.view.setBigUint64(offset("flow", "last_seen"), 8n, true);
  value.bytes[offset("flow", "pass")] = 1;
  value.bytes[offset("flow", "state")] = 3;
  value.bytes[offset("flow", "tcp_flags")] = 0x12;
  expect(readFlow(key.bytes, value.bytes)).toEqual({
    key: {
      nextHop: 3,
      sourceAddress: 0x0a000001,
      destinationAddress: 0x0a000002,
      sourcePort: 1234,
      destinationPort: 80,
      protocol: 6,
    },
    packets: 6,
    bytes: 700,
    lastSeenNs: 8n,
    generation: 4,
    peerNextHop: 5,
    verdict: "pass",
    reverse: false,
    established: true,
    tcpFlags: 0x12,
  });
});

test("counters are the sum over all CPUs", () => {
  const perCpu = new Uint8Array(SIZE.counters * 3);
  const view = new DataView(perCpu.buffer);
  for (let word = 0; word < perCpu.length / 8; word++) view.setBigUint64(word * 8, BigInt(word), true);
  expect(readCounters(perCpu)).toEqual({
    receivedPackets: 0 + 5 + 10,
    receivedBytes: 1 + 6 + 11,
    sentPackets: 2 + 7 + 12,
    sentBytes: 3 + 8 + 13,
    drops: 4 + 9 + 14,
  });
});
