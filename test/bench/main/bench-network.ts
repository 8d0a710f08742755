import type { JsonObject } from "@contrail/schema";
import type { EmbeddedSystem, MachineState } from "@contrail/testkit/embedded";
import { pings as pingsFrom } from "../ping.ts";

export const RED = "default-domain:bench:red";
export const GREEN = "default-domain:bench:green";
const PREFIXES: Readonly<Record<string, string>> = { [RED]: "10.3.1.0", [GREEN]: "10.3.2.0" };

/** A project with the networks named; gives their uuids. */
export async function makeNetworks({ vnc }: EmbeddedSystem, names: readonly string[]): Promise<readonly string[]> {
  await vnc.ensure("project", { fq_name: ["default-domain", "bench"] });
  const ipam = ["default-domain", "default-project", "default-network-ipam"];
  const uuids: string[] = [];
  for (const name of names) {
    const ipam_subnets = [{ subnet: { ip_prefix: PREFIXES[name] ?? "", ip_prefix_len: 24 }, addr_from_start: true }];
    const refs = [{ to: ipam, attr: { ipam_subnets } }];
    const network = { fq_name: name.split(":"), parent_type: "project", network_ipam_refs: refs } as const;
    uuids.push(await vnc.create("virtual-network", network));
  }
  return uuids;
}

/** One machine on each host. */
export function makeMachines(
  system: EmbeddedSystem,
  first: string,
  second: string,
): Promise<[MachineState, MachineState]> {
  return Promise.all([
    system.addMachine({ name: "bench-1", network: first, host: "host1" }),
    system.addMachine({ name: "bench-2", network: second, host: "host2" }),
  ]);
}

/** The content of a policy between red and green that lets one protocol through, both ways. */
export function policyFor(protocol: string): JsonObject {
  const all = [{ start_port: -1, end_port: -1 }];
  const rule = {
    direction: "<>",
    protocol,
    src_addresses: [{ virtual_network: RED }],
    src_ports: all,
    dst_addresses: [{ virtual_network: GREEN }],
    dst_ports: all,
    action_list: { simple_action: "pass" },
  };
  return { network_policy_entries: { policy_rule: [rule] } };
}

/** True where a ping between two machines is answered within a second. */
export function pings({ namespace }: MachineState, { address }: MachineState): Promise<boolean> {
  return pingsFrom(namespace, address);
}
