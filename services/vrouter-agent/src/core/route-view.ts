import { formatCommunity } from "@contrail/bgp";
import type { NextHopAction, NextHopRow, RouteRow } from "@contrail/forwarding";
import { formatInetAddress, formatInetPrefix } from "@contrail/net";
import type { ConfigView } from "./config-view.ts";
import { wholeNumber } from "./config-view.ts";
import type { RemoteRoute } from "./route-tables.ts";

/** What a person calls an interface: its device, and the machine behind it where that is known. */
export interface InterfaceName {
  readonly device: string;
  readonly machine: string | undefined;
}

/** What the local numbers of routes stand for. */
export interface RouteNames {
  readonly nextHops: ReadonlyMap<number, NextHopAction>;
  readonly interfaces: ReadonlyMap<number, InterfaceName>;
  /** Names joined by ':' by virtual_network_network_id. */
  readonly networks: ReadonlyMap<number, string>;
}

/** Names of all networks that the configuration has, by number. */
export function networksByNumber(view: ConfigView): ReadonlyMap<number, string> {
  const names = new Map<number, string>();
  for (const { type, fqName, properties } of view.all()) {
    const id = type === "virtual-network" ? wholeNumber(properties.virtual_network_network_id) : undefined;
    if (id !== undefined) names.set(id, fqName.join(":"));
  }
  return names;
}

/** Next hops by number. */
export function nextHopsById(rows: readonly NextHopRow[]): ReadonlyMap<number, NextHopAction> {
  return new Map(rows.map(({ id, action }) => [id, action]));
}

/**
 * A route with its numbers, the name of its network, and where it leads in words; of one that a control node told
 * also its communities, and the tags of what is behind it.
 */
export function routeView(row: RouteRow, names: RouteNames, told: RemoteRoute | undefined) {
  const action = names.nextHops.get(row.nextHop);
  return {
    ...row,
    prefix: formatInetPrefix(row.prefix),
    network: names.networks.get(row.originNetwork),
    via: action === undefined ? undefined : via(action, names),
    communities: told?.communities?.map(formatCommunity),
    tags: tagsOf(told),
  };
}

/** Each once, ascending; undefined where there are none. */
function tagsOf(told: RemoteRoute | undefined): readonly number[] | undefined {
  const tags = new Set(told?.nextHops.flatMap((hop) => hop.tags ?? []));
  return tags.size === 0 ? undefined : [...tags].sort((a, b) => a - b);
}

/** "tap1 of m1", "tunnel to 172.30.2.2", "this host" (the gateway's own address), "discard", or several of these. */
function via(action: NextHopAction, names: RouteNames): string {
  switch (action.kind) {
    case "interface": {
      const { device, machine } = names.interfaces.get(action.interface) ?? { device: `vif ${action.interface}` };
      return machine === undefined ? device : `${device} of ${machine}`;
    }
    case "tunnel":
      return `tunnel to ${formatInetAddress(action.remoteAddress)}`;
    case "punt":
      return "this host";
    case "discard":
      return "discard";
    case "ecmp":
      return action.members.map(({ nextHop }) => member(nextHop, names)).join(" | ");
  }
}

/** One of several: never several again. */
function member(nextHop: number, names: RouteNames): string {
  const action = names.nextHops.get(nextHop);
  return action === undefined || action.kind === "ecmp" ? `next hop ${nextHop}` : via(action, names);
}
