import { type ConfigObject, record } from "@contrail/schema";
import { groupId } from "./active-port.ts";
import { textOf } from "./config-view.ts";
import type { PortState } from "./desired-state.ts";

/** A route that this host tells the control nodes. */
export interface LocalRoute {
  readonly instance: string;
  readonly address: number;
  readonly label: number;
  readonly groups: readonly number[];
  readonly networkId: number;
  readonly localPreference: number;
  /** What routing policies call it: of the interface of a service (service_interface_type), or of any other. */
  readonly protocol: "interface" | "service-interface";
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
        protocol: isOfService(active.interface) ? "service-interface" : "interface",
      });
    }
  }
  return { machines, instances, routes };
}

function isOfService({ properties }: ConfigObject): boolean {
  return textOf(record(properties.virtual_machine_interface_properties).service_interface_type) !== "";
}
