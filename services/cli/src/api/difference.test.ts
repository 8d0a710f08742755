import type { JsonObject } from "@contrail/schema";
import { describe, expect, test } from "vitest";
import { checkObject } from "./check-object.ts";
import { differences } from "./difference.ts";

const NAMES = new Map([["network-policy u-policy", ["d", "p", "policy"]]]);

function changed(content: JsonObject, stored: JsonObject, type = "virtual-network", fq_name = ["d", "p", "n"]) {
  const { wanted, problems } = checkObject({ type, content: { fq_name, ...content } });
  if (wanted === undefined || problems.length > 0) throw new Error(problems.join());
  return differences(wanted, stored, (ofType, uuid) => NAMES.get(`${ofType} ${uuid}`));
}

const subnet = (more: JsonObject) => ({ subnet: { ip_prefix: "10.0.0.0", ip_prefix_len: 24 }, ...more });
const ipam = (more: JsonObject) => [{ to: ["d", "p", "ipam"], attr: { ipam_subnets: [subnet(more)] } }];
const SERVED = { subnet_uuid: "s1", default_gateway: "10.0.0.254", dns_server_address: "10.0.0.253" };

describe("nothing differs", () => {
  test.each<[string, JsonObject, JsonObject]>([
    ["where nothing is named", {}, { mtu: 1400 }],
    [
      "in the order of keys",
      { virtual_network_properties: { rpf: "enable", mirror_destination: false } },
      { virtual_network_properties: { mirror_destination: false, rpf: "enable" } },
    ],
    ["where null asks for what is not there", { mtu: null }, {}],
    ["where the default is given that reads show", { port_security_enabled: true }, {}],
    ["where null asks for a default that reads show", { port_security_enabled: null }, { port_security_enabled: true }],
    ["where null asks for the usual display_name", { display_name: null }, { display_name: "n" }],
    ["in what the server adds to a subnet", { network_ipam_refs: ipam({}) }, { network_ipam_refs: ipam(SERVED) }],
    [
      "in DHCP, which is on unless a subnet says otherwise",
      { network_ipam_refs: ipam({}) },
      { network_ipam_refs: ipam({ ...SERVED, enable_dhcp: true }) },
    ],
    [
      "in permissions that are not named",
      { perms2: { owner: "me" } },
      { perms2: { owner: "me", owner_access: 7, global_access: 0, share: [] } },
    ],
    [
      "in dates and numbers of id_perms",
      { id_perms: { enable: true, created: "then" } },
      { id_perms: { enable: true, created: "now" } },
    ],
    ["between no list and an empty one", { network_policy_refs: [] }, {}],
  ])("%s", (_, content, stored) => {
    expect(changed(content, stored)).toEqual([]);
  });

  test("in the spelling of MACs, and where the server may choose one", () => {
    const field = "virtual_machine_interface_mac_addresses";
    const stored = { [field]: { mac_address: ["02:ab:00:00:00:01"] } };
    const given = (mac_address: readonly string[]) =>
      changed({ [field]: { mac_address }, parent_type: "project" }, stored, "virtual-machine-interface");
    expect([given(["02-AB-00-00-00-01"]), given([])]).toEqual([[], []]);
    expect(given(["02:ab:00:00:00:02"])).toHaveLength(1);
  });
});

test("a property differs, is new, is cleared: each with both values", () => {
  expect(changed({ mtu: 1500, router_external: true, is_shared: null }, { mtu: 1400, is_shared: true })).toEqual([
    { key: "mtu", before: 1400, after: 1500, isFixed: false },
    { key: "router_external", before: undefined, after: true, isFixed: false },
    { key: "is_shared", before: true, after: undefined, isFixed: false },
  ]);
});

test("a field that is taken out of a complex value is a difference", () => {
  const stored = { virtual_network_properties: { rpf: "enable", allow_transit: true } };
  expect(changed({ virtual_network_properties: { rpf: "enable" } }, stored)).toHaveLength(1);
});

test("a subnet's own value wins over the server's", () => {
  const [change] = changed(
    { network_ipam_refs: ipam({ default_gateway: "10.0.0.1" }) },
    { network_ipam_refs: ipam(SERVED) },
  );
  expect(change?.after).toEqual(ipam({ ...SERVED, default_gateway: "10.0.0.1" }));
});

test("references are compared by target, whether they name it by name or uuid, and by attribute", () => {
  const attr = { sequence: { major: 0, minor: 0 } };
  const stored = { network_policy_refs: [{ to: ["d", "p", "policy"], uuid: "u-policy", href: "x", attr }] };
  const uuid = "1025226c-0013-4830-b16e-089393dabe50";
  NAMES.set(`network-policy ${uuid}`, ["d", "p", "policy"]);
  expect(changed({ network_policy_refs: [{ to: ["d", "p", "policy"], attr }] }, stored)).toEqual([]);
  expect(changed({ network_policy_refs: [{ uuid, attr }] }, stored)).toEqual([]);
  expect(changed({ network_policy_refs: [{ uuid }] }, stored)).toHaveLength(1);
  expect(changed({ network_policy_refs: [{ to: ["d", "p", "other"], attr }] }, stored)).toHaveLength(1);
});

test("what is given at the creation only is marked, unless it is not there yet", () => {
  const address = (stored: JsonObject) => changed({ instance_ip_address: "10.0.0.4" }, stored, "instance-ip", ["i"]);
  expect(address({ instance_ip_address: "10.0.0.3" })).toMatchObject([{ isFixed: true }]);
  expect(address({})).toMatchObject([{ isFixed: false }]);
});
