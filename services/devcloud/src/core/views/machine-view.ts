import { apiDate } from "../date.ts";
import type { JsonObject } from "../json.ts";
import type { MachineRow, NicRow } from "../rows.ts";
import { need, type World } from "../world.ts";
import { HYPERVISOR } from "./infrastructure-view.ts";
import { tagsOf } from "./network-view.ts";
import { ownerView } from "./owner-view.ts";

/** The NICs of a machine, by device number. */
export function nicsOf(world: World, machine: string): readonly NicRow[] {
  return world.where("nic", "machine", machine).toSorted((a, b) => a.deviceId - b.deviceId);
}

/** A NIC: broadcasturi shows while the machine runs. In listNics the machine stands beside, and an empty list does not. */
export function nicView(world: World, nic: NicRow, inList = false): JsonObject {
  const network = need(world, "network", nic.network);
  const machine = need(world, "machine", nic.machine);
  const uri = machine.state === "Running" || machine.state === "Migrating" ? network.broadcastUri : undefined;
  const secondaries = nic.secondaries.map(({ uuid, ip }) => ({ id: uuid, ipaddress: ip }));
  return {
    id: nic.uuid,
    networkid: network.uuid,
    networkname: network.name,
    netmask: network.netmask,
    gateway: network.gateway,
    ipaddress: nic.ip,
    isolationuri: uri,
    broadcasturi: uri,
    traffictype: "Guest",
    type: need(world, "networkOffering", network.offering).guestIpType,
    isdefault: nic.isDefault,
    macaddress: nic.mac,
    secondaryip: inList && secondaries.length === 0 ? undefined : secondaries,
    extradhcpoption: [],
    deviceid: String(nic.deviceId),
    virtualmachineid: inList ? machine.uuid : undefined,
    enabled: true,
  };
}

/** What else an answer tells of a machine. */
export interface MachineViewOptions {
  /** The `details` parameter; undefined is all. */
  readonly details?: readonly string[];
  /** New password, told once to who made or reset it. */
  readonly password?: string;
  /** True where the caller may know hosts: root admins. */
  readonly forAdmin: boolean;
  /** The job that is at work on it, or that this is the result of. */
  readonly job?: { readonly uuid: string; readonly status: number };
}

/** A machine. */
export function machineView(world: World, machine: MachineRow, options: MachineViewOptions): JsonObject {
  const zone = need(world, "zone", machine.zone);
  const template = need(world, "template", machine.template);
  const ostype = need(world, "osType", template.ostype);
  const nics = nicsOf(world, machine.uuid);
  const wants = (detail: string): boolean =>
    options.details === undefined || options.details.includes(detail) || options.details.includes("all");
  const host = options.forAdmin ? world.find("host", machine.host) : undefined;
  const job = options.job;
  return {
    id: machine.uuid,
    name: machine.name,
    displayname: machine.displayname,
    ...ownerView(world, machine.account),
    userid: machine.user,
    username: world.find("user", machine.user)?.username,
    created: apiDate(machine.createdMs),
    lastupdated: machine.updatedMs === undefined ? undefined : apiDate(machine.updatedMs),
    state: machine.state,
    haenable: false,
    zoneid: zone.uuid,
    zonename: zone.name,
    ...(host === undefined ? {} : { hostid: host.uuid, hostname: host.name, hostcontrolstate: "Enabled" }),
    ...(wants("tmpl") ? templateMembers(world, machine) : {}),
    ...(wants("servoff") ? offeringMembers(world, machine) : {}),
    guestosid: ostype.uuid,
    ...(wants("volume") ? { rootdeviceid: 0, rootdevicetype: "ROOT" } : {}),
    securitygroup: [],
    password: options.password,
    nic: wants("nics") ? nics.map((nic) => nicView(world, nic)) : [],
    hypervisor: HYPERVISOR,
    ipaddress: wants("nics") ? nics.find(({ isDefault }) => isDefault)?.ip : undefined,
    instancename: options.forAdmin ? machine.instanceName : undefined,
    details: machineDetails(machine),
    keypairs: machine.keyPairs.length === 0 ? undefined : machine.keyPairs.join(","),
    affinitygroup: machine.affinityGroups.map((uuid) => ({ id: uuid, name: world.find("affinityGroup", uuid)?.name })),
    displayvm: true,
    isdynamicallyscalable: false,
    deleteprotection: false,
    ostypeid: ostype.uuid,
    osdisplayname: ostype.name,
    pooltype: machine.bootedOnce ? "NetworkFilesystem" : undefined,
    ...(machine.host !== undefined && Object.keys(machineDetails(machine)).length === 0 ? BOOT : {}),
    receivedbytes: 0,
    sentbytes: 0,
    arch: "x86_64",
    tags: tagsOf(world, machine.uuid),
    hasannotations: false,
    ...(job === undefined ? {} : { jobid: job.uuid, jobstatus: job.status }),
  };
}

/** Told of a machine on a host that has no details (recordings/api 151, 154, 303). */
const BOOT: JsonObject = { bootmode: "legacy", boottype: "Bios" };

/** What is left to tell of a machine that is no more. */
export const EXPUNGED_MACHINE: JsonObject = {
  securitygroup: [],
  nic: [],
  affinitygroup: [],
  deleteprotection: false,
  tags: [],
};

function machineDetails(machine: MachineRow): JsonObject {
  const keys = machine.keyPairs.length === 0 ? {} : { "SSH.KeyPairNames": machine.keyPairs.join(",") };
  return {
    ...machine.details,
    ...(machine.publicKeys === undefined ? {} : { "SSH.PublicKey": machine.publicKeys }),
    ...keys,
  };
}

function templateMembers(world: World, machine: MachineRow): JsonObject {
  const template = need(world, "template", machine.template);
  return {
    templateid: template.uuid,
    templatename: template.name,
    templatetype: "BUILTIN",
    templateformat: "VHD",
    templatedisplaytext: template.displaytext,
    passwordenabled: template.passwordEnabled,
    isos: [],
    isomaxcount: 1,
  };
}

function offeringMembers(world: World, machine: MachineRow): JsonObject {
  const offering = need(world, "serviceOffering", machine.offering);
  return {
    serviceofferingid: offering.uuid,
    serviceofferingname: offering.name,
    cpunumber: offering.cpus,
    cpuspeed: offering.cpuMhz,
    memory: offering.memoryMiB,
  };
}
