import { type AnnotationChange, annotationsOf, KEYS } from "../annotations.ts";
import type { CloudNic } from "../cloud.ts";
import { planInterface, removeInterface, type WantedInterface } from "../interface-plan.ts";
import { type InterfaceView, type NetworkView, secondaryAddressName } from "../network-view.ts";
import { lastName } from "../references.ts";
import type { Write } from "../write.ts";
import { changedBy, type Difference } from "./difference.ts";

/** States of a machine in which it is on a host: a NIC that is missing then is made. */
const RUNNING = new Set(["Running", "Migrating"]);
/** States in which commands are on their way, or nothing will come of it any more. */
const LEFT_ALONE = new Set(["Starting", "Stopping", "Expunging", "Destroyed", "Error", "Unknown"]);

/** CloudStack's API tells no public key and no password; its restore-network has all but the password. */
const DATA_IS_MISSING =
  "user data and keys come back when the network is restarted in CloudStack, a password when the machine is started";

/** What a network gives its machines. */
export interface NetworkServices {
  readonly fqName: readonly string[];
  readonly dns: boolean;
  readonly userData: boolean;
}

/** The differences of a network's NICs. view: all of the network's interfaces. */
export function diffNics(
  nics: readonly CloudNic[],
  view: NetworkView,
  services: NetworkServices,
): readonly Difference[] {
  const found = new Map(view.interfaces.map((one) => [String(one.vmi.uuid), one]));
  const wanted = new Set(nics.map(({ uuid }) => uuid));
  return [
    ...nics.flatMap((nic) => diffNic(nic, found.get(nic.uuid), view.machines, services)),
    ...view.interfaces.filter(({ vmi }) => !wanted.has(String(vmi.uuid))).map(unwanted),
  ];
}

function diffNic(
  nic: CloudNic,
  found: InterfaceView | undefined,
  machines: ReadonlySet<string>,
  services: NetworkServices,
): readonly Difference[] {
  if (LEFT_ALONE.has(nic.machineState) || (found === undefined && !RUNNING.has(nic.machineState))) return [];
  const { fqName: network, dns, userData } = services;
  const named = found === undefined ? dns : annotationsOf(found.vmi).has(KEYS.dnsName);
  const wanted: WantedInterface = {
    uuid: nic.uuid,
    network,
    mac: nic.mac,
    ip: nic.ip,
    hostname: nic.machineName,
    machineUuid: nic.machineUuid,
    annotations: {
      ...stateOf(nic.machineState),
      [KEYS.defaultNic]: String(nic.isDefault),
      ...(named ? { [KEYS.dnsName]: nic.machineName } : {}),
    },
  };
  const writes = [...planInterface(wanted, found, machines), ...secondaryAddresses(nic, found, network)];
  if (writes.length === 0) return [];
  const difference = { type: "virtual-machine-interface", uuid: nic.uuid, name: nic.machineName, writes };
  if (found !== undefined)
    return [{ ...difference, action: "mend", reason: `not as in CloudStack: ${changedBy(writes)}` }];
  const reason = `its machine is ${nic.machineState.toLowerCase()}${userData ? `; ${DATA_IS_MISSING}` : ""}`;
  return [{ ...difference, action: "create", reason }];
}

function stateOf(machineState: string): AnnotationChange {
  return { [KEYS.nicState]: RUNNING.has(machineState) ? "prepared" : "released" };
}

function unwanted(view: InterfaceView): Difference {
  const { vmi } = view;
  return {
    action: "remove",
    type: "virtual-machine-interface",
    uuid: String(vmi.uuid),
    name: String(vmi.display_name ?? vmi.uuid),
    reason: "CloudStack has no such NIC in this network",
    writes: removeInterface(view),
  };
}

/** No command tells of secondary addresses: they are known by CloudStack's API only. */
function secondaryAddresses(
  { uuid, secondary }: CloudNic,
  found: InterfaceView | undefined,
  network: readonly string[],
): readonly Write[] {
  const wanted = new Map(secondary.map((address) => [secondaryAddressName(address.uuid), address.ip]));
  const there = new Map((found?.secondary ?? []).map((address) => [lastName(address), address]));
  const gone = [...there].filter(([name, { instance_ip_address: ip }]) => wanted.get(name) !== ip);
  const missing = [...wanted].filter(([name, ip]) => there.get(name)?.instance_ip_address !== ip);
  return [
    ...gone.map(([, address]): Write => {
      return { kind: "remove", type: "instance-ip", uuid: String(address.uuid), unlessUsed: false };
    }),
    ...missing.map(([name, ip]): Write => {
      const object = {
        fq_name: [name],
        instance_ip_address: ip,
        instance_ip_secondary: true,
        virtual_network_refs: [{ to: network }],
        virtual_machine_interface_refs: [{ to: [...network.slice(0, -1), uuid] }],
      };
      return { kind: "create", type: "instance-ip", object };
    }),
  ];
}
