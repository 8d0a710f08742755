import { execFile } from "node:child_process";
import { EmbeddedSystem, type MachineState, NamespaceProbe } from "@contrail/testkit/embedded";
import { Intent, policyEntries, TENANT_A, TENANT_B } from "./intent.ts";

type RootForm = "ebpf" | "typescript";

/** Machines of both tenants, with the same addresses in both. */
const MACHINES = [
  ["a-red-1", `${TENANT_A}:red`, "host1", "10.2.1.11"],
  ["a-red-2", `${TENANT_A}:red`, "host2", "10.2.1.12"],
  ["a-green-1", `${TENANT_A}:green`, "host2", "10.2.2.11"],
  ["b-red-1", `${TENANT_B}:red`, "host1", "10.2.1.11"],
  ["b-red-2", `${TENANT_B}:red`, "host2", "10.2.1.12"],
] as const;
export type MachineName = (typeof MACHINES)[number][0];

const PREFIXES = { red: "10.2.1.0", green: "10.2.2.0" } as const;
const WEB_PORT = 80;
const TRY_MS = 700;

/** A running system with two tenants, a policy between two networks, and machines on both hosts. */
export class FaultWorld {
  readonly system: EmbeddedSystem;
  readonly intent: Intent;
  readonly #machines: ReadonlyMap<string, MachineState>;
  readonly #web: NamespaceProbe;

  private constructor(system: EmbeddedSystem, intent: Intent, machines: readonly MachineState[], web: NamespaceProbe) {
    this.system = system;
    this.intent = intent;
    this.#machines = new Map(machines.map((machine) => [machine.name, machine]));
    this.#web = web;
  }

  static async make(form: RootForm): Promise<FaultWorld> {
    const system = await EmbeddedSystem.start(form);
    try {
      const policy = await makeObjects(system);
      const machines = await Promise.all(
        MACHINES.map(([name, network, host, address]) => system.addMachine({ name, network, host, address })),
      );
      const green = machines.find(({ name }) => name === "a-green-1");
      const web = await NamespaceProbe.start(green?.namespace ?? "", ["tcp-serve", WEB_PORT]);
      return new FaultWorld(system, new Intent(system.vnc, policy), machines, web);
    } catch (reason) {
      await system.close();
      throw reason;
    }
  }

  async close(): Promise<void> {
    this.#web.kill();
    await this.system.close();
  }

  namespace(name: MachineName): string {
    return this.#machines.get(name)?.namespace ?? "";
  }

  /** True where one of three pings is answered. */
  pings(from: MachineName, address: string): Promise<boolean> {
    return this.pingsFrom(this.namespace(from), address);
  }

  /** The same from a namespace. */
  async pingsFrom(namespace: string, address: string): Promise<boolean> {
    return (await pingFrom(namespace, address)).replies > 0;
  }

  /** True where a connection to the web server of green comes about. */
  async reachesWeb(): Promise<boolean> {
    const { outcome } = await NamespaceProbe.run<{ outcome: string }>(
      this.namespace("a-red-1"),
      "tcp-connect",
      "10.2.2.11",
      WEB_PORT,
      TRY_MS,
    );
    return outcome === "connected";
  }
}

/** Pings three times in half a second. */
async function pingFrom(namespace: string, address: string): Promise<{ replies: number }> {
  const args = [`--net=/run/netns/${namespace}`, "--", "ping", "-n", "-c", "3", "-i", "0.2", "-w", "1", address];
  return new Promise((resolve) => {
    execFile("nsenter", args, (_error, stdout) =>
      resolve({ replies: Number(/(\d+) received/.exec(stdout)?.[1] ?? 0) }),
    );
  });
}

/** Projects, networks and the policy; gives its uuid. */
async function makeObjects({ vnc }: EmbeddedSystem): Promise<string> {
  const ipam = ["default-domain", "default-project", "default-network-ipam"];
  const uuids: string[] = [];
  for (const tenant of [TENANT_A, TENANT_B]) {
    await vnc.create("project", { fq_name: tenant.split(":") });
    for (const [name, prefix] of Object.entries(PREFIXES)) {
      const subnet = { ip_prefix: prefix, ip_prefix_len: 24 };
      uuids.push(
        await vnc.create("virtual-network", {
          fq_name: [...tenant.split(":"), name],
          parent_type: "project",
          network_ipam_refs: [{ to: ipam, attr: { ipam_subnets: [{ subnet, addr_from_start: true }] } }],
        }),
      );
    }
  }
  const policy = await vnc.create("network-policy", {
    fq_name: `${TENANT_A}:red-green`.split(":"),
    parent_type: "project",
    ...policyEntries("any"),
  });
  for (const uuid of uuids.slice(0, 2)) {
    const attr = { sequence: { major: 0, minor: 0 } };
    await vnc.updateReference("ADD", { type: "virtual-network", uuid }, { type: "network-policy", uuid: policy }, attr);
  }
  return policy;
}
