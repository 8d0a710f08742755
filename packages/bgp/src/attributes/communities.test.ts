import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as community from "./community.ts";
import * as contrail from "./contrail-communities.ts";
import * as evpn from "./evpn-communities.ts";
import { isTransitive } from "./extended-community.ts";
import { formatExtendedCommunity } from "./format-community.ts";
import * as opaque from "./opaque-communities.ts";
import { parseRouteTarget } from "./route-target.ts";

const ALL_FIELDS: opaque.LoadBalance = {
  l3SourceAddress: true,
  l3DestinationAddress: true,
  l4Protocol: true,
  l4SourcePort: true,
  l4DestinationPort: true,
  sourceBias: false,
};
const PORTS_HERE = {
  ...ALL_FIELDS,
  l3SourceAddress: false,
  l3DestinationAddress: false,
  l4Protocol: false,
  sourceBias: true,
};

/** Communities as their RFC draws them: source, the community, its sixteen digits, and its text. */
const VECTORS: readonly [source: string, made: bigint, digits: string, text: string][] = [
  ["RFC 4360 section 4", parseRouteTarget("64512:100") ?? 0n, "0002fc0000000064", "target:64512:100"],
  ["RFC 4360 section 4, IPv4", parseRouteTarget("10.0.0.1:5") ?? 0n, "01020a0000010005", "target:10.0.0.1:5"],
  ["RFC 5668 section 2", parseRouteTarget("4200000000:7") ?? 0n, "0202fa56ea000007", "target:4200000000:7"],
  ["RFC 4360 section 5", 0x0003fc0000000064n, "0003fc0000000064", "soo:64512:100"],
  [
    "RFC 9012 section 4.1",
    opaque.encapsulationCommunity(opaque.TUNNEL_VXLAN),
    "030c000000000008",
    "encapsulation:vxlan",
  ],
  [
    "RFC 7510, IANA",
    opaque.encapsulationCommunity(opaque.TUNNEL_MPLS_OVER_UDP),
    "030c00000000000d",
    "encapsulation:mpls-udp",
  ],
  ["RFC 7432 section 7.8", opaque.defaultGatewayCommunity(), "030d000000000000", "default-gateway"],
  ["RFC 7432 section 7.7", evpn.mobilityCommunity(7, false), "0600000000000007", "mobility:7"],
  ["RFC 7432 section 7.7, static", evpn.mobilityCommunity(0, true), "0600010000000000", "mobility:0:sticky"],
  [
    "RFC 7432 section 7.5",
    evpn.esiLabelCommunity({ flag: false, label: 0x1389 }),
    "0601000000001389",
    "esi-label:5001",
  ],
  [
    "RFC 7432 section 7.5, single-active",
    evpn.esiLabelCommunity({ flag: true, label: 1 }),
    "0601010000000001",
    "esi-label:1:single-active",
  ],
  ["RFC 7432 section 7.6", evpn.esImportCommunity(0x020000000001), "0602020000000001", "es-import:02:00:00:00:00:01"],
  [
    "RFC 9135 section 8.1",
    evpn.routersMacCommunity(0x020000000001),
    "0603020000000001",
    "router-mac:02:00:00:00:00:01",
  ],
  ["RFC 8317 section 5.1", evpn.eTreeCommunity({ flag: true, label: 0 }), "0605010000000000", "e-tree:0:leaf"],
  ["RFC 9251 section 9.4", evpn.multicastFlagsCommunity(3), "0609000300000000", "multicast-flags:3"],
  ["OpenContrail", contrail.securityGroupCommunity(64512, 8000004), "8004fc00007a1204", "security-group:64512:8000004"],
  ["OpenContrail", contrail.originNetworkCommunity(64512, 5), "8071fc0000000005", "origin-network:64512:5"],
  ["OpenContrail", contrail.localSequenceCommunity(0x80000001), "c000800000010000", "local-sequence:2147483649"],
  ["OpenContrail", contrail.tagCommunity(64512, 0x10001), "8084fc0000010001", "tag:64512:65537"],
  ["OpenContrail", contrail.subClusterCommunity(64512, 9), "8085fc0000000009", "sub-cluster:64512:9"],
  ["OpenContrail, all", opaque.loadBalanceCommunity(ALL_FIELDS), "03aaf80000000000", "load-balance:3aaf80000000000"],
  [
    "OpenContrail, ports on the own host first",
    opaque.loadBalanceCommunity(PORTS_HERE),
    "03aa180000800000",
    "load-balance:3aa180000800000",
  ],
  ["nobody", 0x4abc000000000001n, "4abc000000000001", "0x4abc000000000001"],
];

test.each(VECTORS)("%s", (_, made, digits, text) => {
  expect(made.toString(16).padStart(16, "0")).toBe(digits);
  expect(formatExtendedCommunity(made)).toBe(text);
});

describe("an extended community", () => {
  const uint24 = fc.nat(0xffffff);
  const mac = fc.integer({ min: 0, max: 0xffffffffffff });
  test("gives back what it was made of, and nothing to the others", () => {
    fc.assert(
      fc.property(fc.boolean(), uint24, mac, fc.nat(0xffffffff), (flag, label, address, number) => {
        expect(evpn.esiLabelOf(evpn.esiLabelCommunity({ flag, label }))).toEqual({ flag, label });
        expect(evpn.eTreeOf(evpn.eTreeCommunity({ flag, label }))).toEqual({ flag, label });
        expect(evpn.mobilityOf(evpn.mobilityCommunity(number, flag))).toEqual({ sequence: number, sticky: flag });
        expect(evpn.routersMacOf(evpn.routersMacCommunity(address))).toBe(address);
        expect(evpn.esImportOf(evpn.esImportCommunity(address))).toBe(address);
        expect(contrail.tagOf(contrail.tagCommunity(1, number))).toBe(number);
        expect(contrail.localSequenceOf(contrail.localSequenceCommunity(number))).toBe(number);
        expect(contrail.originNetworkOf(contrail.tagCommunity(1, number))).toBeUndefined();
        expect(evpn.routersMacOf(evpn.esImportCommunity(address))).toBeUndefined();
      }),
    );
  });

  test("of any value has a text", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }), (value) => {
        expect(formatExtendedCommunity(value)).not.toBe("");
      }),
    );
  });

  test("says by one bit of its type whether it leaves the AS (RFC 4360 section 2)", () => {
    expect(isTransitive(0x0002fc0000000064n)).toBe(true);
    expect(isTransitive(0x4002fc0000000064n)).toBe(false);
    expect(isTransitive(0x8071fc0000000005n)).toBe(true);
    expect(isTransitive(0xc071fc0000000005n)).toBe(false);
  });
});

test.each([
  [community.NO_EXPORT, "no-export"],
  [community.NO_ADVERTISE, "no-advertise"],
  [community.NO_EXPORT_SUBCONFED, "no-export-subconfed"],
  [community.NO_PEER, "no-peer"],
  [community.GRACEFUL_SHUTDOWN, "graceful-shutdown"],
  [community.ACCEPT_OWN, "accept-own"],
  [community.LLGR_STALE, "llgr-stale"],
  [community.NO_LLGR, "no-llgr"],
  [community.BLACKHOLE, "blackhole"],
  [0xfc000007, "64512:7"],
  [0, "0:0"],
])("community %i is %s", (value, text) => {
  expect(community.formatCommunity(value)).toBe(text);
  expect(community.parseCommunity(text)).toBe(value);
});

test.each(["", "64512", "65536:1", "1:65536", "1:2:3", "no-exports", "-1:1"])("%j is no community", (text) => {
  expect(community.parseCommunity(text)).toBeUndefined();
});

test("what flows are told apart by is read as it was written", () => {
  fc.assert(
    fc.property(
      fc.record({
        l3SourceAddress: fc.boolean(),
        l3DestinationAddress: fc.boolean(),
        l4Protocol: fc.boolean(),
        l4SourcePort: fc.boolean(),
        l4DestinationPort: fc.boolean(),
        sourceBias: fc.boolean(),
      }),
      (how) => {
        expect(opaque.loadBalanceOf(opaque.loadBalanceCommunity(how))).toEqual(how);
      },
    ),
  );
  expect(opaque.loadBalanceOf(opaque.defaultGatewayCommunity())).toBeUndefined();
});
