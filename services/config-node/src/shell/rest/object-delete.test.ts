import type { JsonObject } from "@contrail/schema";
import { describe, expect, test } from "vitest";
import { PROJECT, useNode } from "../../testing/running-node.ts";

const node = useNode();

test("a removal is a 200 with an empty body of a said length; afterwards the object is not there", async () => {
  const uuid = await node.create("virtual-network", [...PROJECT, "gone"]);
  const { status, text, headers } = await node.remove("virtual-network", uuid);
  expect([status, text, headers.get("content-length")]).toEqual([200, "", "0"]);
  expect((await node.call("GET", `/virtual-network/${uuid}`)).status).toBe(404);
  expect((await node.remove("virtual-network", uuid)).text).toBe(`ID ${uuid} does not exist`);
});

test("with a network its routing instance, its ACL and its route target go", async () => {
  const policy = await node.create("network-policy", [...PROJECT, "attached"]);
  const uuid = await node.create("virtual-network", [...PROJECT, "whole"], { network_policy_refs: [{ uuid: policy }] });
  const count = async (type: string): Promise<unknown> => (await node.json("GET", `/${type}s?count=True`))[`${type}s`];
  await node.busEnd();
  const before = await Promise.all(["routing-instance", "route-target", "access-control-list"].map(count));
  expect((await node.remove("virtual-network", uuid)).status).toBe(200);
  await node.busEnd();
  const after = await Promise.all(["routing-instance", "route-target", "access-control-list"].map(count));
  const less = (index: number): number => (before[index] as { count: number }).count - 1;
  expect(after).toEqual([0, 1, 2].map((index) => ({ count: less(index) })));
});

test("a network that a policy joins to another goes, and the other's routing instance lets go of it", async () => {
  const ports = [{ start_port: -1, end_port: -1 }];
  const side = (name: string): JsonObject => ({ virtual_network: [...PROJECT, name].join(":") });
  const policy_rule = [
    {
      direction: "<>",
      protocol: "any",
      src_addresses: [side("joined-a")],
      src_ports: ports,
      dst_addresses: [side("joined-b")],
      dst_ports: ports,
      action_list: { simple_action: "pass" },
    },
  ];
  const policy = await node.create("network-policy", [...PROJECT, "joins"], {
    network_policy_entries: { policy_rule },
  });
  const network_policy_refs = [{ uuid: policy, attr: { sequence: { major: 0, minor: 0 } } }];
  const [a = "", b = ""] = await Promise.all(
    ["joined-a", "joined-b"].map((name) => node.create("virtual-network", [...PROJECT, name], { network_policy_refs })),
  );
  const connections = async (name: string): Promise<number> => {
    const list = await node.json("GET", "/routing-instances?detail=True");
    const all = (list["routing-instances"] as JsonObject[]).map((item) => item["routing-instance"] as JsonObject);
    const own = all.find(({ fq_name }) => (fq_name as string[]).at(-1) === name);
    return ((own?.routing_instance_refs ?? []) as JsonObject[]).length;
  };
  await expect.poll(async () => [await connections("joined-a"), await connections("joined-b")]).toEqual([1, 1]);
  expect(await node.remove("virtual-network", a)).toMatchObject({ status: 200, text: "" });
  await expect.poll(() => connections("joined-b")).toBe(0);
  expect((await node.remove("virtual-network", b)).status).toBe(200);
});

describe("is refused with the hrefs of the users", () => {
  test("children", async () => {
    const project = await node.create("project", ["default-domain", "parents"]);
    const child = await node.create("virtual-network", ["default-domain", "parents", "n"]);
    const answer = await node.remove("project", project);
    const href = `${node.base}/virtual-network/${child}`;
    expect([answer.status, answer.text]).toEqual([409, `Delete when children still present: ['${href}']`]);
    expect(await node.read("project", project)).toHaveProperty("security_groups");
    await node.remove("virtual-network", child);
    expect((await node.remove("project", project)).status).toBe(200);
  });

  test("what stands below the root", async () => {
    const [root] = (await node.json("GET", "/config-roots"))["config-roots"] as { uuid: string }[];
    const answer = await node.remove("config-root", root?.uuid ?? "");
    expect([answer.status, answer.text]).toEqual([
      409,
      expect.stringMatching(/^Delete when children still present: \[.*\/domain\//),
    ]);
    expect((await node.call("GET", `/config-root/${root?.uuid}`)).status).toBe(200);
  });

  test("referrers", async () => {
    const policy = await node.create("network-policy", [...PROJECT, "used"]);
    const user = await node.create("virtual-network", [...PROJECT, "user"], {
      network_policy_refs: [{ uuid: policy }],
    });
    const answer = await node.remove("network-policy", policy);
    const href = `${node.base}/virtual-network/${user}`;
    expect([answer.status, answer.text]).toEqual([409, `Delete when resource still referred: ['${href}']`]);
    await node.update("virtual-network", user, { network_policy_refs: [] });
    expect((await node.remove("network-policy", policy)).status).toBe(200);
  });

  test("referrers of a child that would go with it: everything stays", async () => {
    const project = await node.create("project", ["default-domain", "deep"]);
    const groups = (await node.read("project", project)).security_groups as JsonObject[];
    const group = String(groups[0]?.uuid);
    const vmi = await node.create("virtual-machine-interface", [...PROJECT, "outside"], {
      parent_type: "project",
      security_group_refs: [{ uuid: group }],
    });
    expect((await node.remove("project", project)).status).toBe(409);
    expect(await node.read("project", project)).toMatchObject({ security_groups: [{ uuid: group }] });
    await node.remove("virtual-machine-interface", vmi);
    expect((await node.remove("project", project)).status).toBe(200);
    expect((await node.call("GET", `/security-group/${group}`)).status).toBe(404);
  });
});

test("children named default-<type> are no obstacle, and go too", async () => {
  const project = await node.create("project", ["default-domain", "with-defaults"]);
  const ipam = await node.create("network-ipam", ["default-domain", "with-defaults", "default-network-ipam"]);
  const network = await node.create("virtual-network", ["default-domain", "with-defaults", "default-virtual-network"], {
    network_ipam_refs: [{ uuid: ipam, attr: { ipam_subnets: [] } }],
  });
  expect((await node.remove("project", project)).status).toBe(200);
  for (const path of [`/network-ipam/${ipam}`, `/virtual-network/${network}`]) {
    expect((await node.call("GET", path)).status, path).toBe(404);
  }
});

test("a whole domain goes with its default project and that one's default security group", async () => {
  const domain = await node.create("domain", ["short-lived"]);
  expect((await node.remove("domain", domain)).status).toBe(200);
  const name = { type: "security-group", fq_name: ["short-lived", "default-project", "default"] };
  expect((await node.call("POST", "/fqname-to-id", name)).status).toBe(404);
});

test("a uuid can be used again after its object was removed", async () => {
  const uuid = await node.create("virtual-network", [...PROJECT, "again"]);
  for (let round = 0; round < 3; round++) {
    await node.remove("virtual-network", uuid);
    expect(await node.create("virtual-network", [...PROJECT, "again"], { uuid })).toBe(uuid);
  }
  expect(await node.read("virtual-network", uuid)).toMatchObject({ fq_name: [...PROJECT, "again"] });
});

test("a relaxed reference keeps nothing from being removed", async () => {
  const make = async (name: string) => ({
    policy: await node.create("network-policy", [...PROJECT, `relaxed-${name}`]),
    network: await node.create("virtual-network", [...PROJECT, `relaxed-${name}`]),
  });
  const add = (network: string, policy: string, relax_ref_for_delete: boolean) =>
    node.json("POST", "/ref-update", {
      ...{ type: "virtual-network", uuid: network, "ref-type": "network-policy", "ref-uuid": policy },
      ...{ operation: "ADD", attr: null, relax_ref_for_delete },
    });
  const first = await make("first");
  await add(first.network, first.policy, true);
  expect((await node.remove("network-policy", first.policy)).status).toBe(200);
  expect(await node.read("virtual-network", first.network)).not.toHaveProperty("network_policy_refs");
  const second = await make("second");
  await add(second.network, second.policy, false);
  expect((await node.remove("network-policy", second.policy)).status).toBe(409);
  const pair = { uuid: second.network, "ref-uuid": second.policy };
  expect(await node.json("POST", "/ref-relax-for-delete", pair)).toEqual({ uuid: second.network });
  expect((await node.remove("network-policy", second.policy)).status).toBe(200);
  expect((await node.call("POST", "/ref-relax-for-delete", pair)).status).toBe(404);
});

test("a removal beside the creation of a child, at once: either the child or the removal is refused", async () => {
  for (let round = 0; round < 20; round++) {
    const fqName = ["default-domain", `race-${round}`];
    const project = await node.create("project", fqName);
    const child = { "network-policy": { fq_name: [...fqName, "c"] } };
    const [made, removed] = await Promise.all([
      node.call("POST", "/network-policys", child),
      node.remove("project", project),
    ]);
    expect([made.status, removed.status].sort()).toEqual(made.status === 200 ? [200, 409] : [200, 400]);
    const left = await node.call("GET", `/project/${project}`);
    expect(left.status).toBe(removed.status === 200 ? 404 : 200);
    if (left.status === 200) expect(JSON.parse(left.text).project.security_groups).toHaveLength(1);
  }
});
