import type { ConfigObject, JsonValue } from "@contrail/schema";
import { CHAIN_ADDRESSES, chainNumber } from "./chain-address.ts";
import { machineOf } from "./intent-tables.ts";
import { record, text } from "./json-read.ts";
import { NumberPool, RangedPools } from "./numbers.ts";
import { systemNumber, TargetNumbers } from "./route-targets.ts";

/** VLAN ids that a service machine's interfaces may have (IEEE 802.1Q leaves 0 and 4095 out; OpenContrail ends at 4093). */
const VLANS = { first: 1, last: 4093 };
/** MAC of the left end of a transparent service: an interface with it as source is a left one. */
export const LEFT_MAC = "02:00:00:00:00:01";
/** MAC of the right end. */
export const RIGHT_MAC = "02:00:00:00:00:02";

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
  /** VLANs of left interfaces as they are in the store. */
  readonly #vlansOf = new Map<string, readonly { readonly owner: string; readonly scope: string }[]>();

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

  #learnVlans(name: string, object: ConfigObject | undefined): void {
    const scope = object === undefined ? "" : machineOf(object);
    const found = (object?.refs ?? []).flatMap(({ toType, toFqName, attr }) => {
      const number = toType === "routing-instance" ? leftVlan(attr) : undefined;
      return number === undefined ? [] : [{ owner: toFqName.at(-1) ?? "", scope, number }];
    });
    for (const old of this.#vlansOf.get(name) ?? []) {
      const stays = found.some((item) => item.owner === old.owner && item.scope === old.scope);
      if (!stays) this.vlans.learn(old.owner, undefined, old.scope);
    }
    for (const { owner, number } of found) this.vlans.learn(owner, number, scope);
    if (found.length === 0) this.#vlansOf.delete(name);
    else this.#vlansOf.set(name, found);
  }
}

function sourcePort(router: ConfigObject): number | undefined {
  const { source_port } = record(router.properties.bgp_router_parameters); // BgpRouterParams.
  return typeof source_port === "number" ? source_port : undefined;
}

function leftVlan(attr: JsonValue): number | undefined {
  const { src_mac, vlan_tag } = record(attr); // PolicyBasedForwardingRuleType.
  return text(src_mac) === LEFT_MAC && typeof vlan_tag === "number" ? vlan_tag : undefined;
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
