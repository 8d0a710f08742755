import { type ConfigObject, type JsonObject, list, record } from "@contrail/schema";
import { type FactTable, factTable } from "../fact-table.ts";
import type { Reader } from "../flow.ts";
import { childrenOf, machineOf, objectOf, referrersOf, targetsOf } from "../intent-tables.ts";
import { text } from "../json-read.ts";
import type { Sharing } from "./sharing.ts";

/** A side of a service: "left" or "right"; others have no part in chains. */
export type SideName = "left" | "right";

/** One machine of a service, with its interfaces' names. */
export interface Member {
  /** Name of the virtual machine, or what stands for it. */
  readonly machine: string;
  readonly left: readonly ServicePort[];
  readonly right: readonly ServicePort[];
}

/** An interface of a service machine. */
export interface ServicePort {
  readonly type: "virtual-machine-interface";
  readonly fqName: readonly string[];
  readonly network: string;
}

/** What chains and routes have to know of a side. */
export interface ServiceSide {
  /** Name of the network of the side's interfaces. */
  readonly network: string;
  readonly v4: string | undefined;
  readonly v6: string | undefined;
}

/** A service as chains and routes see it. */
export interface Service {
  readonly mode: "transparent" | "in-network" | "in-network-nat";
  readonly members: readonly Member[];
  readonly sharing: Sharing;
  readonly left: ServiceSide | undefined;
  readonly right: ServiceSide | undefined;
}

/** Services by the name of the service-instance. */
export const SERVICES: FactTable<Service> = factTable("services");

/** The mode of a template; one that names none is transparent. */
export function modeOf(template: ConfigObject): Service["mode"] {
  const mode = record(template.properties.service_template_properties).service_mode;
  return mode === "in-network" || mode === "in-network-nat" ? mode : "transparent";
}

/** Machines of a service: those of its port tuples (version 2), and those that refer to it (version 1). Ordered. */
export function membersOf(read: Reader, instance: ConfigObject, template: ConfigObject): Member[] {
  const name = instance.fqName.join(":");
  const ports = new Map<string, { left: ServicePort[]; right: ServicePort[] }>();
  const vmis = [
    ...childrenOf(read, "port-tuple", name).flatMap((tuple) =>
      referrersOf(read, "virtual-machine-interface>port-tuple", tuple),
    ),
    ...referrersOf(read, "virtual-machine>service-instance", name).flatMap(([machine]) =>
      referrersOf(read, "virtual-machine-interface>virtual-machine", machine),
    ),
  ];
  for (const vmiName of new Set(vmis.map(([key]) => key))) {
    const vmi = objectOf(read, "virtual-machine-interface", vmiName);
    const [network] = targetsOf(vmi, "virtual-network");
    const side = vmi === undefined ? undefined : interfaceType(vmi, network, instance, template);
    if (vmi === undefined || network === undefined || (side !== "left" && side !== "right")) continue;
    const machine = machineOf(vmi);
    const member = ports.get(machine) ?? { left: [], right: [] };
    member[side].push({ type: "virtual-machine-interface", fqName: vmi.fqName, network });
    ports.set(machine, member);
  }
  const made = [...ports].map(([machine, sides]) => ({ machine, ...sides }));
  return made.sort((a, b) => (a.machine < b.machine ? -1 : 1));
}

/** The type of a service interface: what it says itself, what its name says, or the place of its network in the lists. */
function interfaceType(
  vmi: ConfigObject,
  network: string | undefined,
  instance: ConfigObject,
  template: ConfigObject,
): string | undefined {
  const own = text(record(vmi.properties.virtual_machine_interface_properties).service_interface_type);
  if (own !== undefined) return own;
  const named = /__(left|right|management|other\d+)__/.exec(vmi.fqName.at(-1) ?? "")?.[1];
  if (named !== undefined) return named;
  return interfacesOf(instance, template).find((item) => item.network === network)?.type;
}

/** The interfaces of a service in the template's order, with what the instance says of each. */
export function interfacesOf(
  instance: ConfigObject,
  template: ConfigObject,
): readonly { readonly type: string; readonly network: string | undefined; readonly given: JsonObject }[] {
  const given = list(record(instance.properties.service_instance_properties).interface_list).map(record);
  const types = list(record(template.properties.service_template_properties).interface_type).map(record);
  return types.flatMap((item, index) => {
    const type = text(item.service_interface_type);
    const mine = given[index] ?? {};
    return type === undefined ? [] : [{ type, network: text(mine.virtual_network), given: mine }];
  });
}
