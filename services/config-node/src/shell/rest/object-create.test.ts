import { randomUUID } from "node:crypto";
import type { JsonObject } from "@contrail/schema";
import { describe, expect, test } from "vitest";
import { PROJECT, useNode } from "../../testing/running-node.ts";

const node = useNode();
const NETWORKS = "/virtual-networks";

test("the answer holds identity, href and parent, and nothing else", async () => {
  const body = { "virtual-network": { fq_name: [...PROJECT, "answer"], parent_type: "project", uuid: null } };
  const { "virtual-network": made } = (await node.json("POST", NETWORKS, body)) as Record<string, JsonObject>;
  const project = await node.json("POST", "/fqname-to-id", { type: "project", fq_name: PROJECT });
  expect(made).toEqual({
    uuid: expect.stringMatching(/^[0-9a-f-]{36}$/),
    fq_name: [...PROJECT, "answer"],
    name: "answer",
    href: `${node.base}/virtual-network/${made?.uuid}`,
    parent_type: "project",
    parent_uuid: project.uuid,
    parent_href: `${node.base}/project/${project.uuid}`,
  });
});

test("null stands for absent, and a key that the model does not know is ignored", async () => {
  const body = { uuid: null, display_name: null, router_external: null, network_policy_refs: null, colour: "blue" };
  const shown = await node.read("virtual-network", await node.create("virtual-network", [...PROJECT, "nulls"], body));
  expect(shown).toMatchObject({ display_name: "nulls" });
  for (const key of ["router_external", "network_policy_refs", "colour"]) expect(shown).not.toHaveProperty(key);
});

test("the client's uuid is taken, in lower case", async () => {
  const uuid = randomUUID();
  expect(await node.create("virtual-network", [...PROJECT, "own"], { uuid: uuid.toUpperCase() })).toBe(uuid);
});

test("a reference needs to or uuid only; the read shows both", async () => {
  const policy = await node.create("network-policy", [...PROJECT, "p1"]);
  const attr = { sequence: { major: 1, minor: 0 } };
  for (const [name, ref] of Object.entries({
    to: { to: [...PROJECT, "p1"], href: null, uuid: null, attr },
    uuid: { uuid: policy, attr },
    both: { to: [...PROJECT, "p1"], uuid: policy, attr },
  })) {
    const uuid = await node.create("virtual-network", [...PROJECT, `by-${name}`], { network_policy_refs: [ref] });
    const href = `${node.base}/network-policy/${policy}`;
    expect(await node.read("virtual-network", uuid)).toMatchObject({
      network_policy_refs: [{ to: [...PROJECT, "p1"], uuid: policy, href, attr }],
    });
  }
});

test("a target that stands twice, by name and by uuid, is one reference", async () => {
  const policy = await node.create("network-policy", [...PROJECT, "twice"]);
  const network_policy_refs = [
    { to: [...PROJECT, "twice"], attr: { sequence: { major: 1, minor: 0 } } },
    { uuid: policy, attr: { sequence: { major: 2, minor: 0 } } },
  ];
  const uuid = await node.create("virtual-network", [...PROJECT, "merged"], { network_policy_refs });
  const shown = (await node.read("virtual-network", uuid)).network_policy_refs as JsonObject[];
  expect(shown.map(({ attr }) => attr)).toEqual([{ sequence: { major: 2, minor: 0 } }]);
});

test("a project has its default security group when its creation is answered, a domain its default project", async () => {
  const domain = await node.create("domain", ["tenants"]);
  expect(await node.read("domain", domain)).toMatchObject({ projects: [{ to: ["tenants", "default-project"] }] });
  const project = await node.create("project", ["tenants", "p"]);
  expect(await node.read("project", project)).toMatchObject({ security_groups: [{ to: ["tenants", "p", "default"] }] });
});

test("objects of old clients are taken: a colon in a name, a machine below a project, an interface without network", async () => {
  await node.create("instance-ip", ["test:0"]);
  await node.create("virtual-network", [...PROJECT, "web: production"]);
  const machine = await node.create("virtual-machine", [...PROJECT, "i-2-3-VM"], { parent_type: "project" });
  expect(await node.read("virtual-machine", machine)).toMatchObject({ parent_type: "project" });
  await node.create("virtual-machine", ["i-2-4-VM"]);
  const below = [...PROJECT, "i-2-3-VM"];
  const vmi = await node.json("POST", "/virtual-machine-interfaces", {
    "virtual-machine-interface": { fq_name: ["i-2-4-VM", "nic0"], parent_type: "virtual-machine" },
  });
  expect(vmi).toHaveProperty("virtual-machine-interface");
  await node.create("virtual-machine-interface", [...below.slice(0, 2), "nic1"], { parent_type: "project" });
});

test("permissions that are given in part are completed", async () => {
  const more = { perms2: { global_access: 5 }, id_perms: { enable: false, description: "d" } };
  const shown = await node.read("virtual-network", await node.create("virtual-network", [...PROJECT, "perms"], more));
  expect(shown.perms2).toEqual({ owner: "cloud-admin", owner_access: 7, global_access: 5, share: [] });
  expect(shown.id_perms).toMatchObject({ enable: false, description: "d", user_visible: true });
});

describe("is refused in the API's words", () => {
  const network = (more: object): object => ({ "virtual-network": { fq_name: [...PROJECT, "refused"], ...more } });
  test.each<[string, string, object, number, string | RegExp]>([
    ["an unknown type", "/virtual-nets", {}, 404, "Invalid Contrail resource type:'virtual-net'"],
    ["another type's body", NETWORKS, { project: {} }, 400, /virtual-network/],
    ["no name", NETWORKS, { "virtual-network": {} }, 400, /fq_name/],
    ["an empty name", NETWORKS, network({ fq_name: [] }), 400, /fq_name/],
    ["a name that is no list", NETWORKS, network({ fq_name: "a:b:c" }), 400, /fq_name/],
    ["a name too long", NETWORKS, network({ fq_name: [...PROJECT, "x".repeat(1_025)] }), 400, /fq_name.*longer/],
    ["a name too deep", NETWORKS, network({ fq_name: Array(17).fill("x") }), 400, /fq_name/],
    ["a control character", NETWORKS, network({ fq_name: [...PROJECT, "a\u0000b"] }), 400, /fq_name.*control/],
    [
      "a reference's name that is no list",
      NETWORKS,
      network({ network_policy_refs: [{ to: "a:b" }] }),
      400,
      /^network_policy_refs\[0\]\.to must be/,
    ],
    [
      "a reference's uuid that is no text",
      NETWORKS,
      network({ network_policy_refs: [{ to: [...PROJECT, "p1"], uuid: 5 }] }),
      400,
      /network_policy_refs\[0\]\.uuid must be a string/,
    ],
    ["a bad uuid", NETWORKS, network({ uuid: "../../x" }), 400, "Invalid UUID format: ../../x"],
    [
      "a missing parent",
      NETWORKS,
      network({ fq_name: ["a", "b", "c"] }),
      400,
      "Parent ['a', 'b'] type project does not exist",
    ],
    [
      "a parent of a wrong type",
      NETWORKS,
      network({ parent_type: "domain" }),
      400,
      "Invalid parent type: domain. Allowed types: ['project']",
    ],
    [
      "no parent type where several are possible",
      "/floating-ips",
      { "floating-ip": { fq_name: [...PROJECT, "n", "p", "f"] } },
      400,
      "Missing parent type: ['floating-ip-pool', 'instance-ip']",
    ],
    [
      "a name too short for the parent",
      NETWORKS,
      network({ fq_name: ["alone"] }),
      400,
      "Invalid fq-name for object with parent_type project: alone",
    ],
    ["a bad property", NETWORKS, network({ mtu: "big" }), 400, /^Bad property in create: mtu: an integer/],
    [
      "a field that a complex type lacks",
      NETWORKS,
      network({ virtual_network_properties: { colour: 1 } }),
      400,
      /^Bad property in create: virtual_network_properties\.colour/,
    ],
    [
      "a reference to nothing",
      NETWORKS,
      network({ network_policy_refs: [{ to: ["a", "b", "c"] }] }),
      400,
      "Bad reference in create: network_policy_refs: network-policy ['a', 'b', 'c'] does not exist",
    ],
    [
      "a reference without target",
      NETWORKS,
      network({ network_policy_refs: [{}] }),
      400,
      /^Bad reference in create: network_policy_refs\[0\]/,
    ],
    [
      "a bad attribute",
      NETWORKS,
      network({ network_policy_refs: [{ to: [...PROJECT, "p1"], attr: { sequence: "first" } }] }),
      400,
      /network_policy_refs\[0\]\.attr\.sequence/,
    ],
    ["a colon in a project", "/projects", { project: { fq_name: ["default-domain", "a:b"] } }, 400, /fq_name.*':'/],
    [
      "a health monitor without properties",
      "/loadbalancer-healthmonitors",
      { "loadbalancer-healthmonitor": { fq_name: [...PROJECT, "h"] } },
      400,
      /loadbalancer_healthmonitor_properties/,
    ],
  ])("%s", async (_what, path, body, status, text) => {
    const before = await node.busEnd();
    const answer = await node.call("POST", path, body);
    expect([answer.status, answer.text]).toEqual([
      status,
      typeof text === "string" ? text : expect.stringMatching(text),
    ]);
    expect(answer.headers.get("content-type")).toBe("text/plain; charset=utf-8");
    expect(await node.busEnd()).toBe(before);
  });

  test("a name and a uuid that are taken", async () => {
    const uuid = await node.create("virtual-network", [...PROJECT, "taken"]);
    const again = await node.call("POST", NETWORKS, network({ fq_name: [...PROJECT, "taken"] }));
    const name = "['default-domain', 'default-project', 'taken']";
    expect([again.status, again.text]).toEqual([409, `${name} already exists with uuid: ${uuid}`]);
    const other = await node.call("POST", NETWORKS, network({ uuid }));
    expect([other.status, other.text]).toEqual([409, `${uuid} already exists with fq_name: ${name}`]);
  });

  test("all but one of twenty creations of one name, or of one uuid, at once", async () => {
    const uuid = randomUUID();
    const tries = Array.from({ length: 20 }, (_, index) => [
      node.call("POST", NETWORKS, network({ fq_name: [...PROJECT, "race"] })),
      node.call("POST", NETWORKS, network({ fq_name: [...PROJECT, `race-${index}`], uuid })),
    ]);
    const answers = await Promise.all(tries.flat());
    const made = answers.filter(({ status }) => status === 200);
    const refused = answers.filter(({ status, text }) => status === 409 && /already exists with/.test(text));
    expect([made.length, refused.length]).toEqual([2, 38]);
  });
});
