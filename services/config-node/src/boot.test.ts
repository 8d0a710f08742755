import { baseProperties, checkProperty, type JsonObject, objectType } from "@contrail/schema";
import { expect, test } from "vitest";
import { BOOT_OBJECTS } from "./core/boot-objects.ts";
import { PROJECT, useNode } from "./testing/running-node.ts";

const node = useNode();
const GLOBAL = "default-global-system-config";

async function named(type: string, ...fqName: readonly string[]): Promise<JsonObject> {
  const { uuid } = await node.json("POST", "/fqname-to-id", { type, fq_name: fqName });
  return node.read(type, String(uuid));
}

test.each<[string, readonly string[], object]>([
  ["config-root", ["config-root"], {}],
  ["global-system-config", [GLOBAL], { autonomous_system: 64512 }],
  [
    "global-vrouter-config",
    [GLOBAL, "default-global-vrouter-config"],
    {
      parent_type: "global-system-config",
      encapsulation_priorities: { encapsulation: ["MPLSoUDP", "MPLSoGRE", "VXLAN"] },
      forwarding_mode: "l2_l3",
    },
  ],
  ["global-qos-config", [GLOBAL, "default-global-qos-config"], {}],
  ["fabric", [GLOBAL, "default-fabric"], {}],
  ["discovery-service-assignment", ["default-discovery-service-assignment"], {}],
  ["domain", ["default-domain"], {}],
  ["project", PROJECT, {}],
  ["security-group", [...PROJECT, "default"], {}],
  ["application-policy-set", [...PROJECT, "default-application-policy-set"], { all_applications: true }],
  ["security-group", [...PROJECT, "__no_rule__"], {}],
  ["network-ipam", [...PROJECT, "default-network-ipam"], { perms2: { owner: "cloud-admin", global_access: 5 } }],
  ["network-ipam", [...PROJECT, "service-chain-flat-ipam"], { ipam_subnet_method: "flat-subnet" }],
  ["virtual-network", [...PROJECT, "default-virtual-network"], {}],
  ["virtual-network", [...PROJECT, "ip-fabric"], { is_provider_network: true }],
  ["virtual-network", [...PROJECT, "__link_local__"], {}],
  ["virtual-network", [...PROJECT, "dci-network"], {}],
  ["policy-management", ["default-policy-management"], {}],
  [
    "application-policy-set",
    ["default-policy-management", "default-application-policy-set"],
    { all_applications: true, global_vrouter_config_refs: [{ to: [GLOBAL, "default-global-vrouter-config"] }] },
  ],
  ["api-access-list", [GLOBAL, "default-api-access-list"], {}],
  ...["label", "application", "tier", "deployment", "site"].map((name, id): [string, readonly string[], object] => [
    "tag-type",
    [name],
    { tag_type_id: `0x000${id}` },
  ]),
  ...["process-status", "node-status", "bgp-connectivity", "vrouter-interface", "disk-usage-critical"].map(
    (name): [string, readonly string[], object] => [
      "alarm",
      [GLOBAL, `system-defined-${name}`],
      { alarm_rules: { or_list: expect.anything() }, uve_keys: { uve_key: expect.anything() } },
    ],
  ),
  ["service-template", ["default-domain", "analyzer-template"], {}],
  ["service-template", ["default-domain", "docker-template"], {}],
  ["service-template", ["default-domain", "haproxy-loadbalancer-template"], {}],
  [
    "service-template",
    ["default-domain", "nat-template"],
    { service_template_properties: { service_mode: "in-network-nat", service_type: "firewall" } },
  ],
  [
    "service-template",
    ["default-domain", "netns-snat-template"],
    { service_template_properties: { service_mode: "in-network-nat", service_type: "source-nat" } },
  ],
])("a new node has %s %j", async (type, fqName, content) => {
  expect(await named(type, ...fqName)).toMatchObject({ fq_name: fqName, ...content });
});

test("what exists from the start is as the API would take it from a client", () => {
  for (const { type: name, properties = {} } of BOOT_OBJECTS) {
    const type = objectType(name);
    for (const [key, value] of Object.entries(properties)) {
      const property = type?.properties[key] ?? baseProperties()[key];
      if (property === undefined || value === undefined) throw new Error(`${name} has no ${key}`);
      expect(checkProperty(property, value, key)).toEqual(value);
    }
  }
});

test("the networks of the start have their routing instances", async () => {
  await node.busEnd();
  for (const name of ["default-virtual-network", "ip-fabric", "__link_local__", "dci-network"]) {
    expect(await named("routing-instance", ...PROJECT, name, name)).toMatchObject({
      routing_instance_is_default: true,
      route_target_refs: [{ to: [expect.stringMatching(/^target:64512:8\d{6}$/)] }],
    });
  }
  expect(await named("routing-instance", ...PROJECT, "ip-fabric", "__default__")).toBeDefined();
});

test("a default security group lets its members in and everything out", async () => {
  const { security_group_entries } = await named("security-group", ...PROJECT, "default");
  const rules = (security_group_entries as { policy_rule: JsonObject[] }).policy_rule;
  const sides = (rules as unknown as { ethertype: string; src_addresses: object[]; dst_addresses: object[] }[]).map(
    (rule) => [rule.ethertype, rule.src_addresses[0], rule.dst_addresses[0]],
  );
  const own = { security_group: [...PROJECT, "default"].join(":") };
  const local = { security_group: "local" };
  expect(sides).toEqual([
    ["IPv4", own, local],
    ["IPv4", local, { subnet: { ip_prefix: "0.0.0.0", ip_prefix_len: 0 } }],
    ["IPv6", own, local],
    ["IPv6", local, { subnet: { ip_prefix: "::", ip_prefix_len: 0 } }],
  ]);
});

test("what was answered is there after a restart; the start adds nothing and publishes nothing", async () => {
  const uuid = await node.create("virtual-network", [...PROJECT, "durable"]);
  const before = { end: await node.busEnd(), groups: await node.json("GET", "/security-groups") };
  const shown = await node.read("virtual-network", uuid, "?exclude_hrefs=True");
  await node.restart();
  expect(await node.read("virtual-network", uuid, "?exclude_hrefs=True")).toEqual(shown);
  expect((await node.json("GET", "/security-groups?count=True"))["security-groups"]).toEqual({
    count: (before.groups["security-groups"] as unknown[]).length,
  });
  expect(await node.busEnd()).toBe(before.end);
});

test("a default security group that a crash or somebody took away is back after a restart", async () => {
  const project = await node.create("project", ["default-domain", "bereft"]);
  const groups = (await node.read("project", project)).security_groups as JsonObject[];
  expect((await node.remove("security-group", String(groups[0]?.uuid))).status).toBe(200);
  await node.restart();
  expect(await node.read("project", project)).toMatchObject({
    security_groups: [{ to: ["default-domain", "bereft", "default"] }],
  });
});
