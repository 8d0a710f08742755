import { ContrailError } from "@contrail/errors";
import { inNamespace } from "@contrail/machine";
import type { JsonObject } from "@contrail/schema";
import type { VncClient } from "@contrail/vnc-client";
import { DemoCloud } from "./demo-cloud.ts";
import type { DemoSystem } from "./demo-system.ts";
import type { DemonstrationOutput } from "./demonstration.ts";

/** Names of the two tenants: of domain and account. */
export const TENANT_A = "demo-a";
export const TENANT_B = "demo-b";

/** Names of the objects that CloudStack does not know, by type. */
const OWN = { "network-policy": "demo-red-green", "security-group": "demo-web" } as const;

/** A side of a policy rule: a network's fq_name joined by ':'. */
export interface PolicyRule {
  readonly from: string;
  readonly to: string;
  readonly direction: "<>" | ">";
  readonly protocol: string;
  readonly port?: number;
}

const CHECK_MS = 20;

/** What the demonstration has made, and how it is made, asked and removed. */
export class DemoWorld {
  readonly system: DemoSystem;
  readonly vnc: VncClient;
  /** Tenants, networks and machines. */
  readonly cloud: DemoCloud;
  readonly output: DemonstrationOutput;
  /** Rows of machines that were there before, as tableRows() gives them. */
  readonly rowsBefore: ReadonlyMap<string, number>;
  /** Objects of the configuration, which CloudStack does not know. In the order of making; removed the other way round. */
  readonly #objects: { readonly type: string; readonly uuid: string }[] = [];

  constructor(system: DemoSystem, output: DemonstrationOutput, rowsBefore: ReadonlyMap<string, number>) {
    this.system = system;
    this.vnc = system.vnc;
    this.cloud = new DemoCloud(system.cloud);
    this.output = output;
    this.rowsBefore = rowsBefore;
  }

  /** Removes what a demonstration has left that was cut off. */
  async removeLeftovers(): Promise<void> {
    const left = await Promise.all(Object.entries(OWN).map(([type, name]) => this.#named(type, name)));
    const objects = left.flat();
    for (const { type, uuid } of objects) if (type === "network-policy") await this.#detach(uuid);
    await this.cloud.removeLeftovers([TENANT_A, TENANT_B]);
    for (const { type, uuid } of objects) await this.vnc.remove(type, uuid);
  }

  /** Makes the demonstration's object of a type in the project of a neighbour. */
  async createBeside(neighbour: JsonObject, type: keyof typeof OWN, content: JsonObject): Promise<string> {
    const project = (neighbour.fq_name as readonly string[]).slice(0, -1); // The model says a list of strings.
    const uuid = await this.vnc.create(type, { fq_name: [...project, OWN[type]], parent_type: "project", ...content });
    this.#objects.push({ type, uuid });
    return uuid;
  }

  /** The uuid of the object of a type that createBeside() made. */
  created(type: keyof typeof OWN): string {
    return this.#objects.find((object) => object.type === type)?.uuid ?? "";
  }

  /** The network of the configuration that is a network of a tenant: the plugin gives it CloudStack's uuid. */
  network(tenant: string, name: string): Promise<JsonObject> {
    return this.vnc.read("virtual-network", this.cloud.networkId(tenant, name));
  }

  namespace(name: string): string {
    return this.cloud.machine(name).namespace;
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
    const drops = (await this.system.introspect(host, "drops")) as Readonly<Record<string, number>>; // Our own page.
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
    if (this.system.stopping.aborted) throw new ContrailError("stopped", "the system is stopping");
  }

  /** Removes machines, objects of the configuration, networks and tenants. */
  async removeAll(): Promise<void> {
    await this.cloud.removeMachines();
    for (const { type, uuid } of this.#objects.splice(0).reverse()) {
      if (type === "network-policy") await this.#detach(uuid);
      await this.vnc.remove(type, uuid);
    }
    await this.cloud.removeTenants();
  }

  async #named(type: string, name: string): Promise<readonly { readonly type: string; readonly uuid: string }[]> {
    const all = await this.vnc.list(type);
    const own = all.filter(({ fq_name: fqName }) => Array.isArray(fqName) && fqName.at(-1) === name);
    return own.map(({ uuid }) => ({ type, uuid: String(uuid) }));
  }

  /** Takes a policy from the networks that refer to it. */
  async #detach(policy: string): Promise<void> {
    const { virtual_network_back_refs: networks } = await this.vnc.read("network-policy", policy);
    const to = { type: "network-policy", uuid: policy };
    // References are a list of objects.
    for (const { uuid } of (networks ?? []) as readonly JsonObject[]) {
      await this.vnc.updateReference("DELETE", { type: "virtual-network", uuid: String(uuid) }, to);
    }
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
