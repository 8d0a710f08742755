import { ContrailError } from "@contrail/errors";
import type { JsonObject } from "@contrail/schema";
import type { SeededRandom } from "@contrail/testkit/embedded";
import type { VncClient } from "@contrail/vnc-client";

/** What the policy between red and green lets through: everything, TCP to port 80 only, or UDP to port 53 only. */
export const POLICIES = ["any", "tcp-80", "udp-53"] as const;
export type PolicyMode = (typeof POLICIES)[number];

export const TENANT_A = "default-domain:fault-a";
export const TENANT_B = "default-domain:fault-b";
const RETRY_MS = 100;
const WRITE_DEADLINE_MS = 40_000;
const MAX_EXTRA = 8;

/** What was asked of the configuration node and acknowledged by it; the truth that everything has to come back to. */
export class Intent {
  policy: PolicyMode = "any";
  /** Networks that come and go: display name by name. */
  readonly extra = new Map<string, string>();
  /** Names that were deleted last. */
  readonly gone = new Set<string>();
  acknowledged = 0;
  /** Answers that never came: such a write is sent again until its outcome is known. */
  unknown = 0;
  readonly #vnc: VncClient;
  readonly #policyUuid: string;
  #counter = 0;

  constructor(vnc: VncClient, policyUuid: string) {
    this.#vnc = vnc;
    this.#policyUuid = policyUuid;
  }

  /** One write chosen at random, repeated until the configuration node says that it holds. */
  async write(random: SeededRandom): Promise<void> {
    const choice = random.next();
    if (choice < 0.4) await this.#setPolicy(random.pick(POLICIES));
    else if (this.extra.size === 0 || (choice < 0.7 && this.extra.size < MAX_EXTRA)) await this.#create();
    else if (choice < 0.85) await this.#rename(random.pick([...this.extra.keys()]));
    else await this.#remove(random.pick([...this.extra.keys()]));
    this.acknowledged += 1;
  }

  /** What the configuration node does not hold although it was acknowledged, or holds although its deletion was. */
  async missing(): Promise<readonly string[]> {
    const faults: string[] = [];
    const policy = await this.#vnc.read("network-policy", this.#policyUuid);
    const held = JSON.stringify(policy.network_policy_entries);
    for (const [wanted, text] of [
      ["any", '"protocol":"any"'],
      ["tcp-80", '"protocol":"tcp"'],
      ["udp-53", '"protocol":"udp"'],
    ]) {
      if ((wanted === this.policy) !== held.includes(text ?? "")) faults.push(`policy is not ${this.policy}: ${held}`);
    }
    for (const [name, display] of this.extra) {
      const uuid = await this.#find(name);
      const found = uuid === undefined ? undefined : (await this.#vnc.read("virtual-network", uuid)).display_name;
      if (found !== display) faults.push(`network ${name} is named ${String(found)}, not ${display}`);
    }
    for (const name of this.gone)
      if ((await this.#find(name)) !== undefined) faults.push(`${name} was deleted and is there`);
    return faults;
  }

  async #setPolicy(mode: PolicyMode): Promise<void> {
    await this.#insist(() => this.#vnc.update("network-policy", this.#policyUuid, policyEntries(mode)));
    this.policy = mode;
  }

  async #create(): Promise<void> {
    this.#counter += 1;
    const name = `extra-${this.#counter}`;
    const display = `first name of ${name}`;
    const fq_name = `${TENANT_A}:${name}`.split(":");
    const object = { fq_name, parent_type: "project", display_name: display } as const;
    // A name that is taken: the try before this one was carried out although its answer was lost.
    await this.#insist(() => this.#vnc.create("virtual-network", object), "vnc.conflict");
    this.extra.set(name, display);
  }

  async #rename(name: string): Promise<void> {
    this.#counter += 1;
    const display = `name ${this.#counter}`;
    await this.#insist(async () =>
      this.#vnc.update("virtual-network", (await this.#find(name)) ?? "", { display_name: display }),
    );
    this.extra.set(name, display);
  }

  async #remove(name: string): Promise<void> {
    await this.#insist(async () => {
      const uuid = await this.#find(name);
      if (uuid !== undefined) await this.#vnc.remove("virtual-network", uuid);
    }, "vnc.not_found");
    this.extra.delete(name);
    this.gone.add(name);
  }

  #find(name: string): Promise<string | undefined> {
    return this.#vnc.find("virtual-network", `${TENANT_A}:${name}`.split(":"));
  }

  /** Repeats while nobody answers; a refusal with the given code, after a lost answer, is a success. */
  async #insist(write: () => Promise<unknown>, doneAlready = ""): Promise<void> {
    const end = performance.now() + WRITE_DEADLINE_MS;
    for (let lost = false; ; lost = true) {
      try {
        await write();
        return;
      } catch (reason) {
        const { code } = ContrailError.from(reason);
        if (lost && code === doneAlready) return;
        if (code !== "vnc.unavailable" || performance.now() > end) throw reason;
        this.unknown += 1;
      }
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}

/** The content of the policy between red and green of tenant A. */
export function policyEntries(mode: PolicyMode): JsonObject {
  const [protocol = "any", port] = mode.split("-");
  const ports = port === undefined ? -1 : Number(port);
  const rule = {
    direction: "<>",
    protocol,
    src_addresses: [{ virtual_network: `${TENANT_A}:red` }],
    src_ports: [{ start_port: -1, end_port: -1 }],
    dst_addresses: [{ virtual_network: `${TENANT_A}:green` }],
    dst_ports: [{ start_port: ports, end_port: ports }],
    action_list: { simple_action: "pass" },
  };
  return { network_policy_entries: { policy_rule: [rule] } };
}
