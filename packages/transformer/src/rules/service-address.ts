import { type ConfigObject, record } from "@contrail/schema";
import type { DerivedObject } from "../derived.ts";
import type { Reader } from "../flow.ts";
import { nameOf, objectOf, referrersOf } from "../intent-tables.ts";
import { text } from "../json-read.ts";
import type { Member, ServicePort, SideName } from "./service.ts";
import { SUBNETS } from "./subnets.ts";

type Family = "v4" | "v6";

/**
 * The addresses that the machines of a service share: one for each side and family that the side's network has subnets
 * of, on the interfaces of all members. Several machines that have it are several ways to the same next hop (ECMP).
 */
export function serviceAddresses(
  read: Reader,
  instance: ConfigObject,
  members: readonly Member[],
): readonly DerivedObject[] {
  const mode = text(record(instance.properties.service_instance_properties).ha_mode) ?? "active-active";
  return (["left", "right"] as const).flatMap((side) => {
    const ports = members.flatMap((member) => member[side]);
    const [first] = ports;
    const network = first === undefined ? undefined : objectOf(read, "virtual-network", first.network);
    if (network === undefined) return [];
    const subnets = read.value(SUBNETS, nameOf(network));
    const families = (["v4", "v6"] as const).filter((family) => (subnets?.[family].length ?? 0) > 0);
    const shared = ports.filter((port) => port.network === nameOf(network));
    return families.map(
      (family): DerivedObject => ({
        type: "instance-ip",
        fqName: [sharedName(instance, side, family)],
        parentType: undefined,
        refs: [
          { toType: "virtual-network", toFqName: network.fqName, attr: {} },
          ...shared.map(({ type, fqName }) => ({ toType: type, toFqName: fqName, attr: {} })),
        ],
        properties: {
          instance_ip_family: family,
          instance_ip_mode: mode,
          instance_ip_secondary: true,
          service_instance_ip: true,
        },
      }),
    );
  });
}

/** The address of a side: of the shared ones where there are any, or else the first of its interfaces' own. */
export function sideAddress(
  read: Reader,
  instance: ConfigObject,
  side: SideName,
  family: Family,
  ports: readonly ServicePort[],
  shared: readonly DerivedObject[],
): string | undefined {
  if (shared.length > 0) {
    const name = sharedName(instance, side, family);
    const isWanted = shared.some(({ fqName }) => fqName[0] === name);
    return isWanted ? addressOf(objectOf(read, "instance-ip", name)) : undefined;
  }
  for (const { fqName } of ports) {
    for (const [name] of referrersOf(read, "instance-ip>virtual-machine-interface", nameOf({ fqName }))) {
      const ip = objectOf(read, "instance-ip", name);
      const address = ip?.derived ? undefined : addressOf(ip);
      if (address !== undefined && address.includes(":") === (family === "v6")) return address;
    }
  }
  return undefined;
}

function sharedName(instance: ConfigObject, side: SideName, family: Family): string {
  return `${instance.uuid}-${side}-${family}`;
}

function addressOf(ip: ConfigObject | undefined): string | undefined {
  return text(ip?.properties.instance_ip_address);
}
