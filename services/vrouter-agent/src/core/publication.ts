import { groupId } from "./active-port.ts";
import type { PortState } from "./desired-state.ts";

/** A route that this host tells the control nodes. */
export interface LocalRoute {
  readonly instance: string;
  readonly address: number;
  readonly label: number;
  readonly groups: readonly number[];
  readonly networkId: number;
  readonly localPreference: number;
}

/** What the control nodes are asked for and told, as it follows from the ports. */
export interface Subscriptions {
  /** UUIDs of virtual-machines. */
  readonly machines: ReadonlySet<string>;
  /** Routing instances of active ports. */
  readonly instances: ReadonlySet<string>;
  /** By "instance address". */
  readonly routes: ReadonlyMap<string, LocalRoute>;
}

const LOCAL_PREFERENCE = 100;

/** Subscriptions and routes of the ports, active or waiting. */
export function subscriptions(ports: readonly PortState[]): Subscriptions {
  const machines = new Set(ports.map(({ port }) => port["instance-id"]));
  const instances = new Set<string>();
  const routes = new Map<string, LocalRoute>();
  for (const { active, label } of ports) {
    if (active === undefined || label === undefined) continue;
    instances.add(active.instance);
    for (const address of active.addresses) {
      routes.set(`${active.instance} ${address}`, {
        instance: active.instance,
        address,
        label,
        groups: active.groups.map(groupId),
        networkId: active.networkId,
        localPreference: LOCAL_PREFERENCE,
      });
    }
  }
  return { machines, instances, routes };
}
