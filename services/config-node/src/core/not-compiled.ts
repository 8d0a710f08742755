import type { GraphChange } from "@contrail/graph";
import type { ConfigObject, JsonObject } from "@contrail/schema";

/** Names of networks that a note tells. */
const MAX_NAMED = 5;

/** What clients have written that is stored and served and has no effect, so that an operator is told of it. */
export class NotCompiled {
  readonly #firewallPolicies = new Set<string>();
  /** Names of networks with a timed policy, by uuid. */
  readonly #timed = new Map<string, string>();

  /** Takes a change of the graph; all of them from the start on. */
  note({ uuid, type, after }: GraphChange): void {
    if (type === "firewall-policy") {
      if (after === undefined) this.#firewallPolicies.delete(uuid);
      else this.#firewallPolicies.add(uuid);
    }
    if (type !== "virtual-network") return;
    if (after !== undefined && hasTimer(after)) this.#timed.set(uuid, after.fqName.join(":"));
    else this.#timed.delete(uuid);
  }

  /** One text for each kind that is there. */
  get notes(): readonly string[] {
    const [firewall, timed] = [this.#firewallPolicies.size, this.#timed.size];
    const notes: string[] = [];
    if (firewall > 0) {
      notes.push(
        `firewall policies by tags are stored and not compiled: ${firewall} of them neither let anything pass nor deny it; use network policies and security groups`,
      );
    }
    if (timed > 0) {
      const named = [...this.#timed.values()].sort().slice(0, MAX_NAMED);
      const others = timed > named.length ? ` and ${timed - named.length} others` : "";
      notes.push(
        `timers of policies are left out: of a timed policy only what it denies counts, at all times; networks with one: ${named.join(", ")}${others}`,
      );
    }
    return notes;
  }
}

function hasTimer({ refs }: ConfigObject): boolean {
  return refs.some(({ toType, attr }) => {
    const timer = (attr as JsonObject | null)?.timer; // VirtualNetworkPolicyType, where it is of a policy.
    return toType === "network-policy" && Object.keys((timer ?? {}) as JsonObject).length > 0;
  });
}
