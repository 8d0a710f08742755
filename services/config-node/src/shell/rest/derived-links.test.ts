import type { JsonObject } from "@contrail/schema";
import { expect, test } from "vitest";
import { PROJECT, useNode } from "../../testing/running-node.ts";

const node = useNode();

/** Names of what an object refers to. */
function names(object: JsonObject, list: string): string[] {
  const refs = (object[list] ?? []) as readonly { readonly to: readonly string[] }[]; // References of the API.
  return refs.map(({ to }) => to.join(":"));
}

test("a logical router gets its route target, gets it back when a client clears it, and takes it along", async () => {
  const network = [...PROJECT, "routed"];
  const own = await node.createNetwork("routed", "10.20.0.0/24");
  const vmi = await node.create("virtual-machine-interface", [...PROJECT, "routed-port"], {
    parent_type: "project",
    virtual_network_refs: [{ to: network }],
  });
  const router = await node.create("logical-router", [...PROJECT, "router"], {
    virtual_machine_interface_refs: [{ to: [...PROJECT, "routed-port"] }],
  });
  const targets = async () => names(await node.read("logical-router", router), "route_target_refs");
  const [target = ""] = await node.eventually(targets, ({ length }) => length === 1);
  expect(target).toMatch(/^target:64512:8\d{6}$/);
  await node.busEnd();
  const instance = async () => {
    const answer = await node.json("POST", "/fqname-to-id", {
      type: "routing-instance",
      fq_name: [...network, "routed"],
    });
    return names(await node.read("routing-instance", String(answer.uuid)), "route_target_refs");
  };
  expect(await instance()).toContain(target);

  expect((await node.update("logical-router", router, { route_target_refs: [] })).status).toBe(200);
  await node.eventually(targets, ({ length }) => length === 1);
  expect(await targets()).toEqual([target]);

  expect((await node.remove("logical-router", router)).status).toBe(200);
  await node.busEnd();
  expect(await instance()).not.toContain(target);
  const gone = await node.call("POST", "/fqname-to-id", { type: "route-target", fq_name: [target] });
  expect(gone.status).toBe(404);
  expect((await node.remove("virtual-machine-interface", vmi)).status).toBe(200);
  expect((await node.remove("virtual-network", own)).status).toBe(200);
});

/** An interface of a network with an address; gives the interface's uuid. */
async function port(name: string, network: string, instance_ip_address: string): Promise<string> {
  const uuid = await node.create("virtual-machine-interface", [...PROJECT, name], {
    parent_type: "project",
    virtual_network_refs: [{ to: [...PROJECT, network] }],
  });
  await node.create("instance-ip", [`ip-${name}`], {
    instance_ip_address,
    virtual_network_refs: [{ to: [...PROJECT, network] }],
    virtual_machine_interface_refs: [{ uuid }],
  });
  return uuid;
}

test("BGP as a service gets its routers below the network's instance, and lets its interface go", async () => {
  const network = await node.createNetwork("spoken", "10.21.0.0/24");
  const vmi = await port("speaker", "spoken", "10.21.0.5");
  const service = await node.create("bgp-as-a-service", [...PROJECT, "bgp"], {
    autonomous_system: 65_001,
    bgpaas_session_attributes: { hold_time: 90 },
    virtual_machine_interface_refs: [{ uuid: vmi }],
  });
  const routers = async () => names(await node.read("bgp-as-a-service", service), "bgp_router_refs");
  await node.eventually(routers, ({ length }) => length === 1);
  await node.busEnd();
  const instance = [...PROJECT, "spoken", "spoken"].join(":");
  expect(await routers()).toEqual([`${instance}:speaker`]);
  expect(names(await node.read("virtual-machine-interface", vmi), "bgp_router_refs")).toEqual([`${instance}:speaker`]);
  const answer = await node.json("POST", "/fqname-to-id", {
    type: "bgp-router",
    fq_name: `${instance}:speaker`.split(":"),
  });
  expect(await node.read("bgp-router", String(answer.uuid))).toMatchObject({
    bgp_router_parameters: { address: "10.21.0.5", source_port: 50_000, router_type: "bgpaas-client" },
    bgp_router_refs: [
      { to: `${instance}:bgpaas-server`.split(":"), attr: { session: [{ attributes: [{ hold_time: 90 }] }] } },
    ],
  });
  expect((await node.remove("bgp-as-a-service", service)).status).toBe(200);
  await node.busEnd();
  expect(names(await node.read("virtual-machine-interface", vmi), "bgp_router_refs")).toEqual([]);
  const ip = await node.json("POST", "/fqname-to-id", { type: "instance-ip", fq_name: ["ip-speaker"] });
  for (const [type, uuid] of [
    ["instance-ip", String(ip.uuid)],
    ["virtual-machine-interface", vmi],
    ["virtual-network", network],
  ] as const) {
    expect(await node.remove(type, uuid), type).toMatchObject({ status: 200, text: "" });
  }
});

test("a load balancer's floating-ips stand below its address, and hold neither it nor the members", async () => {
  await node.createNetwork("balanced", "10.22.0.0/24");
  const vip = await port("vip", "balanced", "10.22.0.4");
  const web = await port("web", "balanced", "10.22.0.5");
  const loadbalancer = await node.create("loadbalancer", [...PROJECT, "lb"], {
    loadbalancer_properties: { admin_state: true, vip_address: "10.22.0.4" },
    virtual_machine_interface_refs: [{ uuid: vip }],
  });
  const listener = await node.create("loadbalancer-listener", [...PROJECT, "listener"], {
    loadbalancer_listener_properties: { protocol: "HTTP", protocol_port: 80, admin_state: true },
    loadbalancer_refs: [{ uuid: loadbalancer }],
  });
  await node.create("loadbalancer-pool", [...PROJECT, "pool"], {
    loadbalancer_pool_properties: { protocol: "HTTP" },
    loadbalancer_listener_refs: [{ uuid: listener }],
  });
  const member = await node.create("loadbalancer-member", [...PROJECT, "pool", "web"], {
    loadbalancer_member_properties: { address: "10.22.0.5", protocol_port: 8080 },
  });
  const ip = await node.json("POST", "/fqname-to-id", { type: "instance-ip", fq_name: ["ip-vip"] });
  const floating = async () =>
    (await node.read("instance-ip", String(ip.uuid))).floating_ips as JsonObject[] | undefined;
  const [made] = (await node.eventually(floating, (found) => found?.length === 1)) ?? [];
  expect(await node.read("floating-ip", String(made?.uuid))).toMatchObject({
    fq_name: ["ip-vip", "listener__8080"],
    floating_ip_address: "10.22.0.4",
    floating_ip_port_mappings: { port_mappings: [{ protocol: "TCP", src_port: 80, dst_port: 8080 }] },
    virtual_machine_interface_refs: [expect.objectContaining({ uuid: web })],
  });
  const webIp = await node.json("POST", "/fqname-to-id", { type: "instance-ip", fq_name: ["ip-web"] });
  expect((await node.remove("instance-ip", String(webIp.uuid))).status).toBe(200);
  expect((await node.remove("virtual-machine-interface", web)).status).toBe(200);
  await node.busEnd();
  expect(await floating()).toBeUndefined();
  expect((await node.remove("loadbalancer-member", member)).status).toBe(200);
});
