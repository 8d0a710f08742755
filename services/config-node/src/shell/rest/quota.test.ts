import { beforeAll, expect, test } from "vitest";
import { type TestTenant, useTwoTenants } from "../../testing/two-tenants.ts";

const cloud = useTwoTenants();
let tenant: TestTenant;

beforeAll(() => {
  tenant = cloud.tenant("a");
});

const limit = (quota: object) =>
  cloud.json(cloud.admin, "PUT", `/project/${tenant.projectUuid}`, { project: { quota } });
const make = (type: string, name: string, more: object = {}) =>
  cloud.call(tenant.token, "POST", `/${type}s`, { [type]: { fq_name: [...tenant.project, name], ...more } });

test("a quota holds for objects of before it, and under creations at once; a removal gives a place back", async () => {
  const first = await cloud.create(tenant.token, "network-policy", [...tenant.project, "of before"]);
  await limit({ network_policy: 4 });
  const tries = await Promise.all(Array.from({ length: 12 }, (_, index) => make("network-policy", `p${index}`)));
  const refused = tries.filter(({ status }) => status !== 200);
  expect(tries.filter(({ status }) => status === 200)).toHaveLength(3);
  for (const { status, text } of refused) {
    expect([status, text]).toEqual([412, "quota limit (4) exceeded for resource network_policy"]);
  }
  await cloud.call(tenant.token, "DELETE", `/network-policy/${first}`);
  expect((await make("network-policy", "again")).status).toBe(200);
  expect((await make("network-policy", "too many")).status).toBe(412);
  await limit({ network_policy: 2 });
  expect((await make("network-policy", "lowered")).status).toBe(412);
  await limit({ network_policy: -1 });
  expect((await make("network-policy", "free")).status).toBe(200);
});

test("a project's default holds for what its quota does not name, also for the administrator", async () => {
  await limit({ defaults: 0 });
  expect((await make("route-table", "r")).status).toBe(412);
  const body = { "route-table": { fq_name: [...tenant.project, "r"] } };
  expect((await cloud.call(cloud.admin, "POST", "/route-tables", body)).status).toBe(412);
  await limit({ defaults: 0, route_table: 1 });
  expect((await make("route-table", "r")).status).toBe(200);
});

test("rules of security groups and subnets of networks are counted over the project", async () => {
  await limit({ security_group_rule: 6, subnet: 1 });
  const rule = (port: number) => ({
    direction: ">",
    protocol: "tcp",
    src_addresses: [{ security_group: "local" }],
    dst_addresses: [{ subnet: { ip_prefix: "0.0.0.0", ip_prefix_len: 0 } }],
    src_ports: [{ start_port: 0, end_port: 65535 }],
    dst_ports: [{ start_port: port, end_port: port }],
  });
  const entries = (count: number) => ({
    security_group_entries: { policy_rule: Array.from({ length: count }, (_, index) => rule(index + 1)) },
  });
  // The default group of the project has four.
  expect((await make("security-group", "three", entries(3))).status).toBe(412);
  const uuid = await cloud.create(tenant.token, "security-group", [...tenant.project, "two"], entries(2));
  const grown = await cloud.call(tenant.token, "PUT", `/security-group/${uuid}`, { "security-group": entries(3) });
  expect(grown.status).toBe(412);
  const less = await cloud.call(tenant.token, "PUT", `/security-group/${uuid}`, { "security-group": entries(1) });
  expect(less.status).toBe(200);
  const subnet = (prefix: string) => ({ subnet: { ip_prefix: prefix, ip_prefix_len: 24 } });
  const ipam = { to: ["default-domain", "default-project", "default-network-ipam"] };
  const refs = (...prefixes: string[]) => ({
    network_ipam_refs: [{ ...ipam, attr: { ipam_subnets: prefixes.map(subnet) } }],
  });
  expect((await make("virtual-network", "two subnets", refs("10.1.0.0", "10.2.0.0"))).status).toBe(412);
  expect((await make("virtual-network", "one subnet", refs("10.1.0.0"))).status).toBe(200);
  expect((await make("virtual-network", "another", refs("10.3.0.0"))).status).toBe(412);
});

test("two project's quotas are counted apart", async () => {
  await limit({ network_policy: 0 });
  const other = cloud.tenant("b");
  await cloud.create(other.token, "network-policy", [...other.project, "free"]);
});
