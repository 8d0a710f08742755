import type { JsonObject } from "@contrail/schema";
import { expect, test } from "vitest";
import { subnetChange, subnetsOf } from "./network-subnets.ts";
import type { NetworkPayload } from "./payload.ts";

const PAYLOAD: NetworkPayload = { network_id: "1", cidr: "10.1.1.0/24", gateway: "10.1.1.1" };
const WIDER: NetworkPayload = { ...PAYLOAD, cidr: "10.1.0.0/16" };
const OPERATORS = { subnet: { ip_prefix: "192.0.2.0", ip_prefix_len: 24 }, default_gateway: "192.0.2.1" };
const THEIR_IPAM = { to: ["default-domain", "theirs", "ipam"], attr: { ipam_subnets: [OPERATORS] } };
const implement = (payload: NetworkPayload, network: JsonObject) => subnetChange(payload, network, { subnet: true });

/** The network after an operator has added a subnet to CloudStack's, and another one of an IPAM of its own. */
function shared(): JsonObject {
  const { network_ipam_refs: references } = implement(PAYLOAD, {});
  const [own] = references as readonly { to: string[]; attr: { ipam_subnets: JsonObject[] } }[]; // Made just now.
  const both = { ...own, attr: { ipam_subnets: [OPERATORS, ...(own?.attr.ipam_subnets ?? [])] } };
  return { network_ipam_refs: [THEIR_IPAM, both] };
}

function prefixesOf(network: JsonObject): readonly string[] {
  return subnetsOf(network).map(({ prefix }) => prefix);
}

test("subnets that an operator added stay, in CloudStack's IPAM and in others, when CloudStack's prefix changes", () => {
  expect(prefixesOf(implement(WIDER, shared()))).toEqual(["192.0.2.0/24", "192.0.2.0/24", "10.1.0.0/16"]);
});

const RESERVED: NetworkPayload = { network_id: "1", cidr: "10.1.64.0/18", gateway: "10.1.0.1" };
const WHOLE: NetworkPayload = { ...RESERVED, cidr: "10.1.0.0/16" };

/** The network as an older version made it, which gave its subnet no name, beside an operator's subnet. */
function older(more: JsonObject = {}): JsonObject {
  const own = { subnet: { ip_prefix: "10.1.64.0", ip_prefix_len: 18 }, default_gateway: "10.1.0.1", ...more };
  const to = ["default-domain", "default-project", "default-network-ipam"];
  return { network_ipam_refs: [THEIR_IPAM, { to, attr: { ipam_subnets: [OPERATORS, own] } }] };
}

test.each([
  ["with the same gateway", { enable_dhcp: true }],
  ["that overlaps", { enable_dhcp: true, default_gateway: "10.1.64.1", subnet_name: null }],
])("CloudStack's prefix comes in place of a subnet without a name %s, and keeps its DHCP", (_what, more) => {
  const change = subnetChange(WHOLE, older(more), { subnet: true, isWhole: true });
  expect(prefixesOf(change)).toEqual(["192.0.2.0/24", "192.0.2.0/24", "10.1.0.0/16"]);
  const [, ours] = change.network_ipam_refs as readonly JsonObject[]; // Two IPAMs.
  expect(ours).toMatchObject({
    attr: { ipam_subnets: [OPERATORS, { subnet_name: "cloudstack", enable_dhcp: true, default_gateway: "10.1.0.1" }] },
  });
  expect(subnetChange(WHOLE, change, { subnet: true, isWhole: true })).toEqual({});
});

test("a subnet of another name stays, though it is in the way of CloudStack's", () => {
  const change = subnetChange(WHOLE, older({ subnet_name: "theirs" }), { subnet: true, isWhole: true });
  expect(prefixesOf(change)).toEqual(["192.0.2.0/24", "192.0.2.0/24", "10.1.64.0/18", "10.1.0.0/16"]);
});

test("the same implement-network again changes nothing beside an operator's subnets", () => {
  expect(implement(PAYLOAD, shared())).toEqual({});
});

test("DHCP is switched for CloudStack's subnet only, and kept when its prefix changes", () => {
  const on = subnetChange(PAYLOAD, shared(), { dhcp: true });
  const [, ours] = on.network_ipam_refs as readonly JsonObject[]; // Two IPAMs.
  expect(ours).toMatchObject({ attr: { ipam_subnets: [OPERATORS, { enable_dhcp: true }] } });
  const [, wider] = implement(WIDER, on).network_ipam_refs as readonly JsonObject[]; // Two IPAMs.
  expect(wider).toMatchObject({
    attr: { ipam_subnets: [OPERATORS, { subnet: { ip_prefix_len: 16 }, enable_dhcp: true }] },
  });
});

test("an address of the extension's that was lost comes back with the next command that has it", () => {
  const network = implement(PAYLOAD, {});
  const change = subnetChange({ ...PAYLOAD, extension_ip: "10.1.1.7" }, network, {});
  const [ours] = change.network_ipam_refs as readonly JsonObject[]; // One IPAM.
  expect(ours).toMatchObject({
    attr: { ipam_subnets: [{ dns_server_address: "10.1.1.7", default_gateway: "10.1.1.1" }] },
  });
  expect(subnetChange({ ...PAYLOAD, extension_ip: "10.1.1.7" }, change, {})).toEqual({});
});

test.each([
  ["the gateway", {}, "10.1.1.254"],
  ["an address of the extension's", { extension_ip: "10.1.1.7" }, "10.1.1.7"],
])("where %s answers DNS, it does so after another gateway has come", (_what, more, answersAt) => {
  const network = implement({ ...PAYLOAD, ...more }, {});
  const [ours] = implement({ ...PAYLOAD, gateway: "10.1.1.254" }, network).network_ipam_refs as readonly JsonObject[]; // One IPAM.
  expect(ours).toMatchObject({
    attr: { ipam_subnets: [{ default_gateway: "10.1.1.254", dns_server_address: answersAt }] },
  });
});
