import { type AnnotationChange, annotationsOf, KEYS } from "../annotations.ts";
import type { CloudNic } from "../cloud.ts";
import { annotationOf, planInterface, releasedNic, removeInterface, type WantedInterface } from "../interface-plan.ts";
import { type InterfaceView, type NetworkView, secondaryAddressName } from "../network-view.ts";
import { lastName, referredUuids } from "../references.ts";
import type { SystemNic } from "../system-nics.ts";
import type { Write } from "../write.ts";
import type { NicOwners } from "./cloud-owners.ts";
import { changedBy, type Difference } from "./difference.ts";
import { passwordChange } from "./password-host.ts";
import type { NicsOfNetwork } from "./whose.ts";

/** States of a machine in which it is on a host: a NIC that is missing then is made. */
const RUNNING = new Set(["Running", "Migrating"]);
/** States in which commands are on their way, or nothing will come of it any more. */
const LEFT_ALONE = new Set(["Starting", "Stopping", "Expunging", "Destroyed", "Error", "Unknown"]);

/** CloudStack's API tells no public key and no password; its restore-network has all but the password. */
const DATA_IS_MISSING =
  "user data and keys come back when the network is restarted in CloudStack, a password when the machine is started";

const MOVED =
  "its machine goes to another host, which does not know whether it has its password: that is not served again";

/** What a network gives its machines. */
export interface NetworkServices {
  readonly fqName: readonly string[];
  readonly dns: boolean;
  readonly userData: boolean;
  readonly ownersOf: (nic: CloudNic) => NicOwners;
}

/**
 * The differences of a network's NICs: wanted and missing or not as they are, misplaced in another network, or gone. view:
 * all of the network's interfaces, and the misplaced ones.
 */
export function diffNics(
  { nics, system }: NicsOfNetwork,
  view: NetworkView,
  services: NetworkServices,
): readonly Difference[] {
  const found = byUuid(view.interfaces);
  const misplaced = byUuid(view.misplaced ?? []);
  const wanted = new Set([...nics, ...system].map(({ uuid }) => uuid));
  return [
    ...nics.flatMap((nic) => {
      const port = misplaced.get(nic.uuid);
      if (port !== undefined) return [movedNic(nic, port, view.machines, services)];
      return diffNic(nic, found.get(nic.uuid), view.machines, services);
    }),
    ...system.flatMap((nic) => movedSystemNic(nic, misplaced.get(nic.uuid ?? ""), services)),
    ...view.interfaces.filter(({ vmi }) => !wanted.has(String(vmi.uuid))).map(unwanted),
  ];
}

function byUuid(ports: readonly InterfaceView[]): ReadonlyMap<string, InterfaceView> {
  return new Map(ports.map((port) => [String(port.vmi.uuid), port]));
}

/** Whatever its machine is doing: no command of it succeeds as long as its port is another network's. */
function movedNic(
  nic: CloudNic,
  port: InterfaceView,
  machines: NetworkView["machines"],
  services: NetworkServices,
): Difference {
  const isSettled = !LEFT_ALONE.has(nic.machineState);
  const wanted: WantedInterface = {
    ...(isSettled ? wantedNic(nic, port, services) : { uuid: nic.uuid, network: services.fqName, annotations: {} }),
    ip: nic.ip ?? addressOf(port),
    isMisplaced: true,
  };
  const stripped = { ...port, secondary: [] };
  const writes = [...planInterface(wanted, port, machines), ...secondaryAddresses(nic, stripped, services.fqName)];
  return moved(nic.uuid, nic.machineName, port, writes);
}

/** Of CloudStack's own machines ports are moved, and not made: commands make those. */
function movedSystemNic(
  { uuid, ip, machineUuid }: SystemNic,
  port: InterfaceView | undefined,
  { fqName: network }: NetworkServices,
): readonly Difference[] {
  if (uuid === undefined || port === undefined) return [];
  const wanted = { uuid, network, ip: ip ?? addressOf(port), isMisplaced: true, annotations: {} };
  return [moved(uuid, machineUuid, port, planInterface(wanted, port, new Map()))];
}

function moved(uuid: string, name: string, { vmi }: InterfaceView, writes: readonly Write[]): Difference {
  const [from] = referredUuids(vmi, "virtual_network_refs");
  const where = from === undefined ? "no network" : `virtual-network ${from}`;
  const reason = `CloudStack has it in this network, and it is a port of ${where}`;
  return { action: "move", type: "virtual-machine-interface", uuid, name, reason, writes };
}

function addressOf({ address }: InterfaceView): string | undefined {
  const ip = address?.instance_ip_address;
  return typeof ip === "string" ? ip : undefined;
}

function diffNic(
  nic: CloudNic,
  found: InterfaceView | undefined,
  machines: NetworkView["machines"],
  services: NetworkServices,
): readonly Difference[] {
  if (LEFT_ALONE.has(nic.machineState) || (found === undefined && !RUNNING.has(nic.machineState))) return [];
  const wanted = wantedNic(nic, found, services);
  const { gone, noted } = passwordChange(nic, found);
  const plan = (change: AnnotationChange): readonly Write[] => [
    ...planInterface({ ...wanted, annotations: { ...wanted.annotations, ...change } }, found, machines),
    ...secondaryAddresses(nic, found, services.fqName),
  ];
  const writes = plan({ ...gone, ...noted });
  if (writes.length === 0) return [];
  const difference = { type: "virtual-machine-interface", uuid: nic.uuid, name: nic.machineName, writes };
  if (found !== undefined) {
    if (gone === undefined && plan({}).length === 0)
      return [{ ...difference, action: "note", reason: "where it runs" }];
    const reason = gone === undefined ? `not as in CloudStack: ${changedBy(writes)}` : MOVED;
    return [{ ...difference, action: "mend", reason }];
  }
  const reason = `its machine is ${nic.machineState.toLowerCase()}${services.userData ? `; ${DATA_IS_MISSING}` : ""}`;
  return [{ ...difference, action: "create", reason }];
}

function wantedNic(
  nic: CloudNic,
  found: InterfaceView | undefined,
  { fqName: network, dns, ownersOf }: NetworkServices,
): WantedInterface {
  const named = found === undefined ? dns : annotationsOf(found.vmi).has(KEYS.dnsName);
  return {
    uuid: nic.uuid,
    network,
    mac: nic.mac,
    ip: nic.ip,
    hostname: nic.machineName,
    machineUuid: nic.machineUuid,
    ...ownersOf(nic),
    annotations: {
      ...stateOf(nic.machineState, found),
      [KEYS.defaultNic]: String(nic.isDefault),
      ...(named ? { [KEYS.dnsName]: nic.machineName } : {}),
    },
  };
}

function stateOf(machineState: string, found: InterfaceView | undefined): AnnotationChange {
  if (RUNNING.has(machineState)) return { [KEYS.nicState]: "prepared" };
  return annotationOf(found, KEYS.nicState) === "released" ? {} : releasedNic(found);
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
        virtual_machine_interface_refs: [{ uuid }],
      };
      return { kind: "create", type: "instance-ip", object };
    }),
  ];
}
