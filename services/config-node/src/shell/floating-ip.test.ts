import { beforeAll, describe, expect, test } from "vitest";
import { PROJECT, useNode } from "../testing/running-node.ts";

const node = useNode();
const POOL = [...PROJECT, "public", "PublicIpPool"];
let network = "";
let vmi = "";

beforeAll(async () => {
  network = await node.createNetwork("public", "203.0.113.0/28");
  await node.create("floating-ip-pool", POOL);
  await node.create("alias-ip-pool", [...PROJECT, "public", "aliases"]);
  vmi = await node.create("virtual-machine-interface", [...PROJECT, "nic"], {
    parent_type: "project",
    virtual_network_refs: [{ uuid: network }],
  });
});

const floating = (name: string, more: object = {}): Promise<string> =>
  node.create("floating-ip", [...POOL, name], { parent_type: "floating-ip-pool", ...more });

test("a floating-ip gets an address of the network above its pool, and gives it back", async () => {
  const uuid = await floating("free");
  const { floating_ip_address, floating_ip_address_family } = await node.read("floating-ip", uuid);
  expect([floating_ip_address, floating_ip_address_family]).toEqual(["203.0.113.12", "v4"]);
  const again = () =>
    node.call("POST", "/floating-ips", {
      "floating-ip": { fq_name: [...POOL, "again"], parent_type: "floating-ip-pool", floating_ip_address },
    });
  const refused = await again();
  expect([refused.status, refused.text]).toEqual([409, expect.stringMatching(/^IP address already in use: 203/)]);
  await node.remove("floating-ip", uuid);
  expect((await again()).status).toBe(200);
});

test("floating, alias and instance addresses of a network are one pool", async () => {
  const taken = await floating("one-pool", { floating_ip_address: "203.0.113.5" });
  const ip = { "instance-ip": { fq_name: ["x"], virtual_network_refs: [{ uuid: network }] } };
  const body = { "instance-ip": { ...ip["instance-ip"], instance_ip_address: "203.0.113.5" } };
  expect((await node.call("POST", "/instance-ips", body)).status).toBe(409);
  const alias = {
    "alias-ip": {
      fq_name: [...PROJECT, "public", "aliases", "a"],
      parent_type: "alias-ip-pool",
      alias_ip_address: "203.0.113.5",
    },
  };
  expect((await node.call("POST", "/alias-ips", alias)).status).toBe(409);
  await node.remove("floating-ip", taken);
  expect((await node.call("POST", "/alias-ips", alias)).status).toBe(200);
});

test("an address outside the network is refused", async () => {
  const body = { fq_name: [...POOL, "outside"], parent_type: "floating-ip-pool", floating_ip_address: "198.51.100.1" };
  const answer = await node.call("POST", "/floating-ips", { "floating-ip": body });
  expect([answer.status, answer.text]).toEqual([400, expect.stringMatching(/^floating_ip_address/)]);
});

test("the address cannot be changed later", async () => {
  const uuid = await floating("stays", { floating_ip_address: "203.0.113.7" });
  await node.update("floating-ip", uuid, { floating_ip_address: "203.0.113.8" });
  expect(await node.read("floating-ip", uuid)).toMatchObject({ floating_ip_address: "203.0.113.7" });
});

describe("a floating-ip that loses its interface loses its fixed address too", () => {
  const FIXED = { floating_ip_fixed_ip_address: "10.0.0.9" };
  test("by an empty list", async () => {
    const uuid = await floating("list", { ...FIXED, virtual_machine_interface_refs: [{ uuid: vmi }] });
    expect(await node.read("floating-ip", uuid)).toMatchObject(FIXED);
    await node.update("floating-ip", uuid, { virtual_machine_interface_refs: [] });
    expect(await node.read("floating-ip", uuid)).not.toHaveProperty("floating_ip_fixed_ip_address");
  });

  test("by ref-update", async () => {
    const uuid = await floating("ref", { ...FIXED, virtual_machine_interface_refs: [{ uuid: vmi }] });
    const body = { type: "floating-ip", uuid, "ref-type": "virtual-machine-interface", "ref-uuid": vmi };
    await node.json("POST", "/ref-update", { ...body, operation: "DELETE" });
    expect(await node.read("floating-ip", uuid)).not.toHaveProperty("floating_ip_fixed_ip_address");
  });

  test("and keeps it while another interface is left", async () => {
    const uuid = await floating("kept", { ...FIXED, virtual_machine_interface_refs: [{ uuid: vmi }] });
    await node.update("floating-ip", uuid, { floating_ip_traffic_direction: "ingress" });
    expect(await node.read("floating-ip", uuid)).toMatchObject(FIXED);
  });
});

test("one interface named twice is one reference", async () => {
  const uuid = await floating("twice", { virtual_machine_interface_refs: [{ uuid: vmi }, { uuid: vmi }] });
  expect((await node.read("floating-ip", uuid)).virtual_machine_interface_refs).toHaveLength(1);
});
