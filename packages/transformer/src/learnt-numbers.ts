import { type ConfigObject, record } from "@contrail/schema";
import { CHAIN_ADDRESSES, chainNumber } from "./chain-address.ts";
import { machineOf } from "./intent-tables.ts";
import { NumberPool, RangedPools } from "./numbers.ts";
import { systemNumber, TargetNumbers } from "./route-targets.ts";

/** VLAN ids that a service machine's interfaces may have (IEEE 802.1Q leaves 0 and 4095 out; OpenContrail ends at 4093). */
const VLANS = { first: 1, last: 4093 };
/** The pools that derived objects have numbers of; what the store holds is learnt from it. */
export class Numbers {
  /** Of route targets, by the name of the routing instance or by routerOwner(). */
  readonly targets = new TargetNumbers();
  /** Of service chain addresses, by the name of the routing instance. */
  readonly chainAddresses = new NumberPool(CHAIN_ADDRESSES);
  /** Of VLANs, by chain and service (the last part of the routing instance's name), in the scope of a machine. */
  readonly vlans = new NumberPool(VLANS);
  /** Of source ports of BGPaaS sessions, by the name of the bgp-router. */
  readonly bgpPorts = new RangedPools();
  /** VLANs as they are in the store: by interface, and for each machine, chain and service by the interface. */
  readonly #vlansOf = new Map<string, ReadonlyMap<string, StoredVlan>>();
  readonly #holders = new Map<string, Map<string, number>>();

  /** Notes what an object of the store says; undefined: it is gone. */
  learn(type: string, name: string, object: ConfigObject | undefined): void {
    switch (type) {
      case "routing-instance": {
        const own = object?.derived ? object : undefined;
        this.targets.learn(name, ownNumber(own));
        this.chainAddresses.learn(name, chainNumber(own));
        return;
      }
      case "bgp-router":
        this.bgpPorts.learn(name, object?.derived ? sourcePort(object) : undefined);
        return;
      case "logical-router":
        this.targets.learn(routerOwner(name), ownNumber(object));
        return;
      case "virtual-machine-interface":
        this.#learnVlans(name, object);
        return;
      default:
    }
  }

  /** Both sides of a service have the same VLAN: it is known as long as one interface of the machine has it. */
  #learnVlans(name: string, object: ConfigObject | undefined): void {
    const scope = object === undefined ? "" : machineOf(object);
    const found = new Map<string, StoredVlan>();
    for (const { toType, toFqName, attr } of object?.refs ?? []) {
      const { vlan_tag } = record(attr); // PolicyBasedForwardingRuleType.
      if (toType !== "routing-instance" || typeof vlan_tag !== "number") continue;
      const owner = toFqName.at(-1) ?? "";
      found.set(`${scope} ${owner}`, { owner, scope, number: vlan_tag });
    }
    const touched = new Map([...(this.#vlansOf.get(name) ?? []), ...found]);
    for (const key of this.#vlansOf.get(name)?.keys() ?? []) this.#holders.get(key)?.delete(name);
    if (found.size === 0) this.#vlansOf.delete(name);
    else this.#vlansOf.set(name, found);
    for (const [key, { number }] of found) {
      const holders = this.#holders.get(key) ?? new Map<string, number>();
      this.#holders.set(key, holders.set(name, number));
    }
    for (const [key, { owner, scope: of }] of touched) {
      const holders = [...(this.#holders.get(key) ?? [])].sort(([x], [y]) => (x < y ? -1 : 1));
      if (holders.length === 0) this.#holders.delete(key);
      this.vlans.learn(owner, holders[0]?.[1], of);
    }
  }
}

interface StoredVlan {
  readonly owner: string;
  readonly scope: string;
  readonly number: number;
}

function sourcePort(router: ConfigObject): number | undefined {
  const { source_port } = record(router.properties.bgp_router_parameters); // BgpRouterParams.
  return typeof source_port === "number" ? source_port : undefined;
}

/** The number of the first target, which is an instance's own. */
function ownNumber(object: ConfigObject | undefined): number | undefined {
  const own = object?.refs.find((ref) => ref.toType === "route-target");
  return systemNumber(own?.toFqName[0] ?? "");
}

/** The owner of a logical router's route target. */
export function routerOwner(name: string): string {
  return `logical-router ${name}`;
}
