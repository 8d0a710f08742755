import type { JsonObject } from "@contrail/schema";
import { expect, test } from "vitest";
import { type TestTenant, useTwoTenants } from "../../testing/two-tenants.ts";

const cloud = useTwoTenants();

/** A network of a tenant with a policy of its own, which lets everything pass between it and others. */
async function network(of: TestTenant, name: string, other: string): Promise<string> {
  const rule = {
    direction: "<>",
    protocol: "any",
    src_addresses: [{ virtual_network: "local" }],
    src_ports: [{ start_port: -1, end_port: -1 }],
    dst_addresses: [{ virtual_network: other }],
    dst_ports: [{ start_port: -1, end_port: -1 }],
    action_list: { simple_action: "pass" },
  };
  const network_policy_entries = { policy_rule: [rule] };
  const policy = await cloud.create(of.token, "network-policy", [...of.project, name], { network_policy_entries });
  const network_policy_refs = [{ uuid: policy, attr: { sequence: { major: 0, minor: 0 } } }];
  return cloud.create(of.token, "virtual-network", [...of.project, name], { network_policy_refs });
}

/** What a network's routing instance takes routes of: names of instances, and how many route targets of its own. */
async function imports(of: TestTenant, name: string) {
  await cloud.node.busEnd();
  const named = { type: "routing-instance", fq_name: [...of.project, name, name] };
  const { uuid } = await cloud.json(cloud.admin, "POST", "/fqname-to-id", named);
  const read = await cloud.json(cloud.admin, "GET", `/routing-instance/${String(uuid)}`);
  const { routing_instance_refs = [], route_target_refs = [] } = read["routing-instance"] as {
    routing_instance_refs?: { to: string[] }[];
    route_target_refs?: JsonObject[];
  };
  return [routing_instance_refs.map(({ to }) => to.join(":")), route_target_refs.length] as const;
}

test("a tenant that names another's network in a policy gets no route of it, until the owner shares it or names his", async () => {
  const [victim, hostile] = [cloud.tenant("a"), cloud.tenant("b")];
  const name = (of: TestTenant, last: string) => [...of.project, last].join(":");
  const open = await network(victim, "open", "any");
  await network(hostile, "spy", name(victim, "open"));
  await network(hostile, "any", "any");
  expect([await imports(victim, "open"), await imports(hostile, "spy"), await imports(hostile, "any")]).toEqual([
    [[], 1],
    [[], 1],
    [[], 1],
  ]);

  const share = [{ tenant: hostile.projectUuid, tenant_access: 5 }];
  await cloud.json(victim.token, "POST", "/chmod", { uuid: open, share });
  expect(await imports(hostile, "spy")).toEqual([[`${name(victim, "open")}:open`], 1]);
  expect(await imports(victim, "open")).toEqual([[`${name(hostile, "spy")}:spy`], 1]);
  expect(await imports(hostile, "any")).toEqual([[], 1]);

  await cloud.json(victim.token, "POST", "/chmod", { uuid: open, share: [] });
  expect([await imports(victim, "open"), await imports(hostile, "spy")]).toEqual([
    [[], 1],
    [[], 1],
  ]);

  await network(victim, "willing", name(hostile, "guest"));
  await network(hostile, "guest", name(victim, "willing"));
  expect(await imports(victim, "willing")).toEqual([[`${name(hostile, "guest")}:guest`], 1]);
  expect(await imports(hostile, "guest")).toEqual([[`${name(victim, "willing")}:willing`], 1]);
});
