import { ContrailError } from "@contrail/errors";
import type { VncClient } from "@contrail/vnc-client";
import { AUTONOMOUS_SYSTEM, addressOf, CONTROL_NODES, HOSTS } from "./layout.ts";

const FABRIC_INSTANCE = ["default-domain", "default-project", "ip-fabric", "__default__"];
const GLOBAL = "default-global-system-config";
const DEADLINE_MS = 60_000;

/** Registers control nodes and hosts: bgp-routers that peer with each other, virtual-routers. Idempotent. */
export async function registerNodes(vnc: VncClient, controlNodes: readonly string[] = CONTROL_NODES): Promise<void> {
  await untilFound(vnc, "routing-instance", FABRIC_INSTANCE);
  const routers = await Promise.all(controlNodes.map((name) => registerControlNode(vnc, name)));
  const [first, second] = routers;
  if (first !== undefined && second !== undefined) {
    const session = { attributes: [{ address_families: { family: ["inet-vpn"] } }] };
    const from = { type: "bgp-router", uuid: first };
    await vnc.updateReference("ADD", from, { type: "bgp-router", uuid: second }, { session: [session] });
  }
  for (const name of HOSTS) {
    await vnc.ensure("virtual-router", {
      fq_name: [GLOBAL, name],
      parent_type: "global-system-config",
      virtual_router_ip_address: addressOf(name),
    });
  }
}

function registerControlNode(vnc: VncClient, name: string): Promise<string> {
  const address = addressOf(name);
  return vnc.ensure("bgp-router", {
    fq_name: [...FABRIC_INSTANCE, name],
    parent_type: "routing-instance",
    bgp_router_parameters: {
      address,
      identifier: address,
      port: 179,
      autonomous_system: AUTONOMOUS_SYSTEM,
      router_type: "control-node",
      vendor: "contrail",
      address_families: { family: ["inet-vpn"] },
    },
  });
}

/** The transformer makes the instance some time after the network. */
async function untilFound(vnc: VncClient, type: string, fqName: readonly string[]): Promise<void> {
  const end = performance.now() + DEADLINE_MS;
  while ((await vnc.find(type, fqName)) === undefined) {
    if (performance.now() > end) throw new ContrailError("supervisor.unavailable", `${fqName.join(":")} was not made`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
