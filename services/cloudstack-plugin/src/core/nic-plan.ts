import { ContrailError } from "@contrail/errors";
import { type AnnotationChange, annotationsOf, KEYS } from "./annotations.ts";
import type { InterfaceCommand } from "./command-list.ts";
import {
  annotationOf,
  newPassword,
  planInterface,
  releasedNic,
  removeInterface,
  type WantedInterface,
} from "./interface-plan.ts";
import { ensureNetwork, networkFqName, ownerOfNetwork, restoreNetwork } from "./network-plan.ts";
import { type InterfaceView, macsOf, type NetworkView, otherNetworkOf } from "./network-view.ts";
import type { NetworkPayload, NicPayload, RestoreData } from "./payload.ts";
import { machineData, withItems } from "./vm-data.ts";
import { mend, type Write } from "./write.ts";

/**
 * The writes of a NIC command. Those without nic_uuid (at expunge) find the NIC by its number or MAC address. Throws
 * "cloudstack.conflict" where the payload names a port of another network: one tenant's call never changes another's.
 */
export function planNic(
  command: InterfaceCommand,
  network: NetworkPayload,
  nic: NicPayload,
  view: NetworkView,
): readonly Write[] {
  const found = ownInterface(nic, network, view);
  switch (command) {
    case "remove-dhcp-entry":
      return found === undefined ? [] : removeInterface(found);
    case "remove-dns-entry":
      return annotateOnly(found, { [KEYS.dnsName]: undefined });
    case "release-nic":
      return annotateOnly(found, releasedNic(found));
    case "prepare-nic":
    case "add-dhcp-entry":
    case "add-dns-entry":
    case "save-vm-data":
    case "save-userdata":
    case "save-password":
    case "save-sshkey": {
      const wanted = wantedOf(command, network, nic, view, found);
      if (wanted === undefined) return [];
      return [...ensureNetwork(network, view), ...planInterface(wanted, found, view.machines)];
    }
  }
}

/** The writes of restore-network: the network, and every machine's interface, name and data. Throws as planNic. */
export function planRestore(network: NetworkPayload, restore: RestoreData, view: NetworkView): readonly Write[] {
  const fqName = networkFqName(network.network_id, view);
  const ofMachines = restore.vms.flatMap((vm) => {
    const data = vm.vm_data === undefined ? undefined : machineData(vm.vm_data);
    const names = restore.dns_enabled === true && vm.hostname !== undefined ? { [KEYS.dnsName]: vm.hostname } : {};
    const found = ownInterface(vm, network, view);
    const wanted: WantedInterface = {
      uuid: vm.nic_uuid,
      network: fqName,
      mac: vm.mac,
      ip: vm.ip,
      hostname: vm.hostname,
      ...machineOf(data, view),
      ...firstOwner(found, view),
      annotations: { ...defaultNic(vm.default_nic), ...names, ...dataOf(data, found) },
    };
    return planInterface(wanted, found, view.machines);
  });
  return [...restoreNetwork(network, restore, view), ...ofMachines];
}

function wantedOf(
  command: InterfaceCommand,
  network: NetworkPayload,
  nic: NicPayload,
  view: NetworkView,
  found: InterfaceView | undefined,
): WantedInterface | undefined {
  const uuid = nic.nic_uuid ?? (found === undefined ? undefined : String(found.vmi.uuid));
  if (uuid === undefined) return undefined;
  const data = command === "save-vm-data" && nic.vm_data !== undefined ? machineData(nic.vm_data) : undefined;
  return {
    uuid,
    network: networkFqName(network.network_id, view),
    mac: nic.mac,
    ip: nic.ip,
    hostname: nic.hostname,
    ...machineOf(data, view),
    ...firstOwner(found, view),
    annotations: {
      [KEYS.nicId]: nic.nic_id,
      ...defaultNic(nic.default_nic),
      ...dataOf(data, found),
      ...special(command, nic, found),
    },
  };
}

/** Whom a machine belongs to a payload does not tell: it is taken for the network's owner's until the reconciler knows. */
function machineOf(
  data: ReturnType<typeof machineData> | undefined,
  view: NetworkView,
): Pick<WantedInterface, "machineUuid" | "machineName" | "machineOwner"> {
  const { machineUuid, machineName } = data ?? {};
  if (machineUuid === undefined || view.machines.has(machineUuid)) return { machineUuid, machineName };
  return { machineUuid, machineName, machineOwner: ownerOfNetwork(view) };
}

function firstOwner(found: InterfaceView | undefined, view: NetworkView): Pick<WantedInterface, "owner"> {
  return found === undefined ? { owner: ownerOfNetwork(view) } : {};
}

function special(command: InterfaceCommand, nic: NicPayload, found: InterfaceView | undefined): AnnotationChange {
  switch (command) {
    case "prepare-nic":
      return { [KEYS.nicState]: "prepared" };
    case "add-dns-entry":
      return nic.hostname === undefined ? {} : { [KEYS.dnsName]: nic.hostname };
    case "save-userdata":
    case "save-sshkey":
      return { [KEYS.vmData]: withItems(annotationOf(found, KEYS.vmData), nic) };
    case "save-vm-data":
      return { [KEYS.passwordKept]: undefined };
    case "save-password":
      return nic.password === undefined ? {} : savedPassword(nic.password, found);
    default:
      return {};
  }
}

/** The start after a reset sends no password (recordings/extension: resetPasswordForVirtualMachine, startVirtualMachine). */
function savedPassword(password: string, found: InterfaceView | undefined): AnnotationChange {
  const isStopped = annotationOf(found, KEYS.nicState) === "released";
  return { ...newPassword(password, found), [KEYS.passwordKept]: isStopped ? "true" : undefined };
}

function dataOf(data: ReturnType<typeof machineData> | undefined, found: InterfaceView | undefined): AnnotationChange {
  if (data === undefined) return {};
  const password = data.password === undefined ? {} : newPassword(data.password, found);
  return { [KEYS.vmData]: data.text, ...password };
}

function defaultNic(is: boolean | undefined): AnnotationChange {
  return is === undefined ? {} : { [KEYS.defaultNic]: String(is) };
}

function annotateOnly(found: InterfaceView | undefined, change: AnnotationChange): readonly Write[] {
  return found === undefined ? [] : mend("virtual-machine-interface", found.vmi, {}, change);
}

interface Named {
  readonly nic_uuid?: string | undefined;
  readonly nic_id?: string | undefined;
  readonly mac?: string | undefined;
}

function ownInterface(named: Named, network: NetworkPayload, view: NetworkView): InterfaceView | undefined {
  const found = findInterface(named, view);
  const other = found === undefined ? undefined : otherNetworkOf(found.vmi, view.network);
  if (found === undefined || other === undefined) return found;
  const object = `virtual-machine-interface ${String(found.vmi.uuid)}`;
  const message = `${object} is a port of virtual-network ${other}, not of network ${network.network_id}`;
  throw new ContrailError("cloudstack.conflict", message, { fields: { object } });
}

/** By uuid where the payload has one, else by number, else by MAC address. A number may come again: a MAC speaks against it. */
function findInterface(named: Named, { interfaces }: NetworkView): InterfaceView | undefined {
  const { nic_uuid: uuid, nic_id: id, mac } = named;
  if (uuid !== undefined) return interfaces.find(({ vmi }) => vmi.uuid === uuid);
  const hasMac = ({ vmi }: InterfaceView): boolean => mac !== undefined && macsOf(vmi).includes(mac);
  const mayBe = (port: InterfaceView): boolean => mac === undefined || macsOf(port.vmi).length === 0 || hasMac(port);
  const isNumbered = ({ vmi }: InterfaceView): boolean => id !== undefined && annotationsOf(vmi).get(KEYS.nicId) === id;
  return interfaces.find((port) => isNumbered(port) && mayBe(port)) ?? interfaces.find(hasMac);
}
