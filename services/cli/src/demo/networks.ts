import { type DemoWorld, TENANT_A, TENANT_B } from "./demo-world.ts";

/** Networks of each tenant: the same names and prefixes. */
const PREFIXES = { red: "10.1.1.0", green: "10.1.2.0", blue: "10.1.3.0" } as const;

/** Name, network, host, address: A's and B's red machines have the same addresses. */
const MACHINES: readonly (readonly [name: string, network: string, host: string, address: string])[] = [
  ["a-red-1", `${TENANT_A}:red`, "host1", "10.1.1.11"],
  ["a-red-2", `${TENANT_A}:red`, "host2", "10.1.1.12"],
  ["a-green-1", `${TENANT_A}:green`, "host2", "10.1.2.11"],
  ["a-blue-1", `${TENANT_A}:blue`, "host1", "10.1.3.11"],
  ["b-red-1", `${TENANT_B}:red`, "host1", "10.1.1.11"],
  ["b-red-2", `${TENANT_B}:red`, "host2", "10.1.1.12"],
  ["b-red-3", `${TENANT_B}:red`, "host2", "10.1.1.13"],
];

/** Step 1: tenants, networks, machines; every address comes by DHCP from the agent. */
export async function networks(world: DemoWorld): Promise<string> {
  const startedAt = performance.now();
  for (const tenant of [TENANT_A, TENANT_B]) {
    await world.create("project", tenant);
    for (const [name, prefix] of Object.entries(PREFIXES)) await world.createNetwork(`${tenant}:${name}`, prefix);
  }
  await webGroup(world);
  const add = async ([name, network, host, address]: (typeof MACHINES)[number]): Promise<void> => {
    const securityGroups = name === "a-green-1" ? [`${TENANT_A}:web`] : [];
    await world.addMachine({ name, network, host, address, securityGroups });
  };
  await Promise.all(MACHINES.slice(0, 2).map(add));
  await world.until("the first ping is answered", 10_000, () => world.ping("a-red-1", "10.1.1.12", 1) === 1);
  const since = world.output.startedAt;
  const first =
    since === undefined ? "" : `, first ping ${((performance.now() - since) / 1_000).toFixed(1)} s after the start`;
  await Promise.all(MACHINES.slice(2).map(add));
  const seconds = (performance.now() - startedAt) / 1_000;
  return `${MACHINES.length} machines on 2 hosts addressed in ${seconds.toFixed(1)} s${first}`;
}

/** A security group that lets everything in; a later step narrows it. */
async function webGroup(world: DemoWorld): Promise<void> {
  await world.create("security-group", `${TENANT_A}:web`, { parent_type: "project", ...groupEntries(undefined) });
}

/** Rules of the group: everything out; in from anywhere, by all protocols or by TCP to one port. */
export function groupEntries(tcpPort: number | undefined) {
  const any = { subnet: { ip_prefix: "0.0.0.0", ip_prefix_len: 0 } };
  const local = { security_group: "local" };
  const all = { start_port: 0, end_port: 65_535 };
  const port = tcpPort === undefined ? all : { start_port: tcpPort, end_port: tcpPort };
  const rule = (protocol: string, source: object, destination: object, destinationPorts: object) => ({
    direction: ">",
    ethertype: "IPv4",
    protocol,
    src_addresses: [{ ...source }],
    src_ports: [all],
    dst_addresses: [{ ...destination }],
    dst_ports: [{ ...destinationPorts }],
  });
  const ingress = rule(tcpPort === undefined ? "any" : "tcp", any, local, port);
  return { security_group_entries: { policy_rule: [ingress, rule("any", local, any, all)] } } as const;
}
