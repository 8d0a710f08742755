import { ContrailError } from "@contrail/errors";
import { inNamespace } from "@contrail/machine";
import type { JsonObject } from "@contrail/schema";
import type { VncClient } from "@contrail/vnc-client";
import type { Machine, MachineRequest } from "../supervisor/machines.ts";
import type { Supervisor } from "../supervisor/supervisor.ts";
import type { DemonstrationOutput } from "./demonstration.ts";

export const TENANT_A = "default-domain:demo-a";
export const TENANT_B = "default-domain:demo-b";

/** A side of a policy rule: a network's fq_name joined by ':'. */
export interface PolicyRule {
  readonly from: string;
  readonly to: string;
  readonly direction: "<>" | ">";
  readonly protocol: string;
  readonly port?: number;
}

const CHECK_MS = 20;

/** The demonstration's objects and machines, and how they are made, asked and removed. */
export class DemoWorld {
  readonly supervisor: Supervisor;
  readonly vnc: VncClient;
  readonly output: DemonstrationOutput;
  /** Rows of machines that were there before, as tableRows() gives them. */
  readonly rowsBefore: ReadonlyMap<string, number>;
  /** In the order of making; removed the other way round. */
  readonly #objects: { readonly type: string; readonly uuid: string }[] = [];
  readonly #machines: string[] = [];

  constructor(supervisor: Supervisor, output: DemonstrationOutput, rowsBefore: ReadonlyMap<string, number>) {
    this.supervisor = supervisor;
    this.vnc = supervisor.vnc;
    this.output = output;
    this.rowsBefore = rowsBefore;
  }

  async create(type: string, name: string, content: JsonObject = {}): Promise<string> {
    const uuid = await this.vnc.create(type, { fq_name: name.split(":"), ...content });
    this.#objects.push({ type, uuid });
    return uuid;
  }

  createNetwork(name: string, prefix: string): Promise<string> {
    const subnet = { ip_prefix: prefix, ip_prefix_len: 24 };
    const ipam = ["default-domain", "default-project", "default-network-ipam"];
    const ipam_subnets = [{ subnet, addr_from_start: true }];
    return this.create("virtual-network", name, {
      parent_type: "project",
      network_ipam_refs: [{ to: ipam, attr: { ipam_subnets } }],
    });
  }

  async addMachine(request: MachineRequest): Promise<Machine> {
    const machine = await this.supervisor.machines.add(request);
    this.#machines.push(machine.name);
    return machine;
  }

  machine(name: string): Machine {
    return this.supervisor.machines.find(name);
  }

  namespace(name: string): string {
    return this.machine(name).namespace;
  }

  /** Pings; gives replies received of those sent. */
  ping(from: string, address: string, count: number, timeoutSeconds = 2): number {
    try {
      const text = inNamespace(this.namespace(from), [
        "ping",
        "-n",
        "-c",
        `${count}`,
        "-i",
        "0.05",
        "-W",
        `${timeoutSeconds}`,
        "-w",
        `${timeoutSeconds + 1}`,
        address,
      ]);
      return Number(/(\d+) received/.exec(text)?.[1] ?? 0);
    } catch {
      return 0;
    }
  }

  /** Packets dropped on a host for a reason. */
  async drops(host: string, reason: string): Promise<number> {
    const drops = (await this.supervisor.introspect(host, "drops")) as Readonly<Record<string, number>>; // Our own page.
    return drops[reason] ?? 0;
  }

  /** The content of a network-policy. */
  static policyEntries(rules: readonly PolicyRule[]): JsonObject {
    const policy_rule = rules.map(({ from, to, direction, protocol, port }) => ({
      direction,
      protocol,
      src_addresses: [{ virtual_network: from }],
      src_ports: [{ start_port: -1, end_port: -1 }],
      dst_addresses: [{ virtual_network: to }],
      dst_ports: [{ start_port: port ?? -1, end_port: port ?? -1 }],
      action_list: { simple_action: "pass" },
    }));
    return { network_policy_entries: { policy_rule } };
  }

  /** Waits until a condition holds; gives the milliseconds that it took. Throws with the text after the deadline. */
  async until(text: string, deadlineMs: number, holds: () => Promise<boolean> | boolean): Promise<number> {
    const startedAt = performance.now();
    while (!(await holds())) {
      this.goOn();
      if (performance.now() - startedAt > deadlineMs) throw failure(`${text} not within ${deadlineMs / 1_000} s`);
      await sleep(CHECK_MS);
    }
    return performance.now() - startedAt;
  }

  /** Throws where the system is stopping. */
  goOn(): void {
    if (this.supervisor.stopping.aborted) throw new ContrailError("stopped", "the system is stopping");
  }

  /** Removes machines, then objects in the reverse order of making. */
  async removeAll(): Promise<void> {
    for (const name of this.#machines.splice(0).reverse()) await this.supervisor.machines.remove(name);
    const objects = this.#objects.splice(0).reverse();
    for (const { type, uuid } of objects) {
      if (type === "virtual-network") await this.vnc.update(type, uuid, { network_policy_refs: [] });
    }
    for (const { type, uuid } of objects) await this.vnc.remove(type, uuid);
  }
}

/** A step that does not hold. */
function failure(text: string): ContrailError {
  return new ContrailError("demo.failed", `${text}; look at: contrail status, contrail dropstats`);
}

/** Fails with a text unless the condition holds. */
export function check(condition: boolean, text: string): void {
  if (!condition) throw failure(text);
}

/** Resolves after the milliseconds: the time over which a probe counts. */
export function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
