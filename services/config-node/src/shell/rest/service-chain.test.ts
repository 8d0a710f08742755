import type { JsonObject } from "@contrail/schema";
import { expect, test } from "vitest";
import { PROJECT, useNode } from "../../testing/running-node.ts";

const node = useNode();
const named = (name: string): string[] => [...PROJECT, name];

async function details(type: string): Promise<JsonObject[]> {
  const list = await node.json("GET", `/${type}s?detail=True`);
  return (list[`${type}s`] as JsonObject[]).map((item) => item[type] as JsonObject);
}

/** The routing instances of chains, by their network's name. */
async function chainInstances(): Promise<Map<string, JsonObject>> {
  const all = await details("routing-instance");
  const made = all.filter(({ fq_name }) => String((fq_name as string[]).at(-1)).startsWith("service-"));
  return new Map(made.map((item) => [String((item.fq_name as string[])[2]), item]));
}

async function service(name: string, service_mode: string): Promise<void> {
  const interface_type = ["left", "right"].map((service_interface_type) => ({ service_interface_type }));
  const service_template_properties = { version: 2, service_mode, service_type: "firewall", interface_type };
  await node.create("service-template", ["default-domain", `${name}-template`], { service_template_properties });
  await node.create("service-instance", named(name), {
    service_template_refs: [{ to: ["default-domain", `${name}-template`] }],
    service_instance_properties: { interface_list: [{ virtual_network: "" }, { virtual_network: "" }] },
  });
  await node.create("port-tuple", [...named(name), "one"]);
  await node.create("virtual-machine", [`vm-${name}`]);
  for (const [side, network] of [
    ["left", `${name}-a`],
    ["right", `${name}-b`],
  ] as const) {
    await node.create("virtual-machine-interface", named(`${name}-${side}`), {
      parent_type: "project",
      virtual_network_refs: [{ to: named(network) }],
      virtual_machine_refs: [{ to: [`vm-${name}`] }],
      port_tuple_refs: [{ to: [...named(name), "one"] }],
      virtual_machine_interface_properties: { service_interface_type: side },
    });
  }
}

/** Two networks that are joined by a service; gives their uuids. */
async function chain(name: string, mode: string): Promise<string[]> {
  const side = (network: string) => [{ virtual_network: named(network).join(":") }];
  const any = [{ start_port: -1, end_port: -1 }];
  const rule = {
    direction: "<>",
    protocol: "any",
    src_addresses: side(`${name}-a`),
    src_ports: any,
    dst_addresses: side(`${name}-b`),
    dst_ports: any,
    action_list: { simple_action: "pass", apply_service: [named(name).join(":")] },
  };
  const policy = await node.create("network-policy", named(`${name}-policy`), {
    network_policy_entries: { policy_rule: [rule] },
  });
  const network_policy_refs = [{ uuid: policy, attr: { sequence: { major: 0, minor: 0 } } }];
  const uuids: string[] = [];
  for (const [index, letter] of ["a", "b"].entries()) {
    const uuid = await node.createNetwork(`${name}-${letter}`, `10.${60 + index}.0.0/24`);
    expect((await node.update("virtual-network", uuid, { network_policy_refs })).status).toBe(200);
    uuids.push(uuid);
  }
  await service(name, mode);
  await node.eventually(chainInstances, (made) => made.size === 2);
  await node.busEnd();
  return uuids;
}

test("an in-network chain gets addresses from its networks' subnets, and goes with its networks", async () => {
  const [a = "", b = ""] = await chain("inside", "in-network");
  const made = await chainInstances();
  const shared = (await details("instance-ip")).map((ip) => String(ip.instance_ip_address)).sort();
  expect(shared).toEqual([expect.stringMatching(/^10\.60\.0\.\d+$/), expect.stringMatching(/^10\.61\.0\.\d+$/)]);
  expect(made.get("inside-a")?.service_chain_information).toMatchObject({
    service_chain_address: shared[0],
    prefix: ["10.61.0.0/24"],
    routing_instance: named("inside-b").concat("inside-b").join(":"),
  });
  // Addresses that the service has are taken: nobody else gets them.
  const taken = await node.call("POST", "/instance-ips", {
    "instance-ip": { fq_name: ["mine"], instance_ip_address: shared[0], virtual_network_refs: [{ uuid: a }] },
  });
  expect([taken.status, taken.text]).toEqual([409, expect.stringContaining("already in use")]);

  for (const side of ["left", "right"]) {
    const answer = await node.json("POST", "/fqname-to-id", {
      type: "virtual-machine-interface",
      fq_name: named(`inside-${side}`),
    });
    expect(await node.remove("virtual-machine-interface", String(answer.uuid))).toMatchObject({
      status: 200,
      text: "",
    });
  }
  await node.busEnd();
  expect((await chainInstances()).size).toBe(0);
  expect(await details("instance-ip")).toEqual([]);
  for (const uuid of [a, b])
    expect(await node.remove("virtual-network", uuid)).toMatchObject({ status: 200, text: "" });
});

test("a transparent chain marks its interfaces, and a network of its goes though they refer to what is below it", async () => {
  await chain("clear", "transparent");
  const vmi = async () => {
    const all = await details("virtual-machine-interface");
    return all.find(({ fq_name }) => (fq_name as string[]).at(-1) === "clear-left");
  };
  const refs = (await vmi())?.routing_instance_refs as JsonObject[];
  expect(refs.map(({ attr }) => attr)).toEqual([
    expect.objectContaining({ direction: "both", vlan_tag: 1, service_chain_address: "0.0.0.4" }),
  ]);
  // The interfaces move to another network: then nothing but the chain holds this one.
  const other = await node.createNetwork("clear-other", "10.62.0.0/24");
  const uuid = String((await vmi())?.uuid);
  expect(
    (await node.update("virtual-machine-interface", uuid, { virtual_network_refs: [{ uuid: other }] })).status,
  ).toBe(200);
  const answer = await node.json("POST", "/fqname-to-id", { type: "virtual-network", fq_name: named("clear-a") });
  expect(await node.remove("virtual-network", String(answer.uuid))).toMatchObject({ status: 200, text: "" });
  await node.busEnd();
  expect([(await chainInstances()).size, (await vmi())?.routing_instance_refs]).toEqual([0, undefined]);
});
