import { z } from "zod";
import { given, text, uuid } from "./api-fields.ts";
import { type ApiObject, notUnderstood, type UnknownItem, understood } from "./not-understood.ts";
import type { MissingList, SystemNic } from "./system-nics.ts";
import { systemUuid } from "./system-owner.ts";

/** A domain of CloudStack; the path of the root is "ROOT". */
export interface CloudDomain {
  readonly uuid: string;
  /** As "ROOT/customers/a". */
  readonly path: string;
}

/** True for the domain that is in every cloud. */
export function isRoot({ path }: CloudDomain): boolean {
  return path === "ROOT";
}

/** Whom a network belongs to. */
export interface CloudOwner {
  readonly kind: "account" | "project";
  readonly uuid: string;
  readonly name: string;
  readonly domain: CloudDomain;
}

/** How CloudStack names whom something belongs to. */
export interface OwnerNames {
  readonly ownerName: string;
  /** Of a network that is for all of a domain, the one that systemUuid gives. */
  readonly projectUuid: string | undefined;
  readonly domain: CloudDomain;
}

/** A guest network. */
export interface CloudNetwork extends OwnerNames {
  readonly uuid: string;
  readonly name: string;
  /** Allocated, Implementing, Implemented, Shutdown, Setup, Destroy. */
  readonly state: string;
  /** The database number that our broadcast URI tells; undefined where the network has no such URI. */
  readonly networkId: string | undefined;
  /** Where machines get addresses: all of the network, or the part of it that CloudStack may use (guestvmcidr). */
  readonly cidr: string | undefined;
  /** The whole prefix, where machines get addresses of a part of it only. */
  readonly wholeCidr?: string | undefined;
  readonly gateway: string | undefined;
  /** Addresses, joined by ",", as the extension's payload has them. */
  readonly nameServers: string | undefined;
  readonly domainName: string | undefined;
  /** Names of services, as Dhcp. */
  readonly services: ReadonlySet<string>;
}

/** A NIC of a machine of a user. */
export interface CloudNic {
  readonly uuid: string;
  readonly networkUuid: string;
  readonly mac: string | undefined;
  readonly ip: string | undefined;
  readonly isDefault: boolean;
  readonly secondary: readonly { readonly uuid: string; readonly ip: string }[];
  readonly machineUuid: string;
  readonly machineName: string;
  /** Running, Stopped, Starting, Stopping, Migrating, Destroyed, Expunging, Error. */
  readonly machineState: string;
  /** Where its machine is; absent where it is nowhere, or CloudStack does not tell. */
  readonly hostUuid?: string | undefined;
  /** Whose the machine is, which may be in a network of others; absent where CloudStack does not tell. */
  readonly machineOwner?: OwnerNames | undefined;
}

/** The NICs of machines, and what of them is not understood. */
export interface NetworkNics {
  readonly nics: readonly CloudNic[];
  readonly unknown: readonly UnknownItem[];
}

/** All that the reconciler wants of CloudStack, at one time. */
export interface Cloud {
  readonly domains: readonly CloudDomain[];
  readonly owners: readonly CloudOwner[];
  readonly networks: readonly CloudNetwork[];
  readonly nics: readonly CloudNic[];
  readonly system: readonly SystemNic[];
  /** Of all lists. */
  readonly unknown: readonly UnknownItem[];
  readonly missing: readonly MissingList[];
}

/** What ensure-network-device answers as its device; CloudStack shows it in a network's details. */
export const DEVICE = "opencontrail";
/** What implement-network answered: only these networks are ours to make. */
const OUR_URI = /^lswitch:cs-net-(\d{1,19})$/i;

const DOMAIN = z.object({ id: uuid, path: text, name: text });
const ACCOUNT = z.object({ id: uuid, name: z.string(), domainid: uuid, domainpath: text, domain: text });
const PROJECT = z.object({ id: uuid, name: z.string(), domainid: uuid });
const NETWORK = z.object({
  id: uuid,
  name: text,
  state: text,
  broadcasturi: text,
  details: z.object({ "extension.details": text }).optional(),
  cidr: text,
  networkcidr: text,
  gateway: text,
  dns1: text,
  dns2: text,
  networkdomain: text,
  service: z.array(z.object({ name: z.string() })).optional(),
  account: text,
  acltype: text,
  project: text,
  projectid: uuid.optional(),
  domainid: uuid,
  domainpath: text,
  domain: text,
});
const SECONDARY = z.object({ id: uuid, ipaddress: text });
const NIC = z.object({
  id: uuid,
  networkid: uuid,
  macaddress: text,
  ipaddress: text,
  isdefault: z.boolean().optional(),
  secondaryip: z.array(SECONDARY).optional(),
});
const MACHINE = z.object({
  id: uuid,
  name: text,
  state: text,
  hostid: text,
  account: text,
  projectid: uuid.optional(),
  domainid: uuid.optional(),
  nic: z.array(z.unknown()).optional(),
});

/** A domain of listDomains. The readers of this file throw NotUnderstood for what CloudStack never answers. */
export function readDomain(item: ApiObject): CloudDomain {
  const { id, path, name } = understood(DOMAIN, item, "domain", "listDomains");
  return { uuid: id, path: path ?? name ?? "" };
}

/** An account of listAccounts, as an owner. */
export function readAccount(item: ApiObject): CloudOwner {
  const { id, name, domainid, domainpath, domain } = understood(ACCOUNT, item, "project", "listAccounts");
  return { kind: "account", uuid: id, name, domain: { uuid: domainid, path: domainpath ?? domain ?? "" } };
}

/** A project of listProjects, as an owner; its domain is one of the given ones. */
export function readProject(item: ApiObject, domains: ReadonlyMap<string, CloudDomain>): CloudOwner {
  const { id, name, domainid } = understood(PROJECT, item, "project", "listProjects");
  return { kind: "project", uuid: id, name, domain: domains.get(domainid) ?? { uuid: domainid, path: "" } };
}

/** A network of listNetworks. */
export function readCloudNetwork(item: ApiObject): CloudNetwork {
  const network = understood(NETWORK, item, "virtual-network", "listNetworks");
  const isTheirs = deviceOf(network.details?.["extension.details"]) !== DEVICE;
  const [, networkId] = isTheirs ? [] : (OUR_URI.exec(network.broadcasturi ?? "") ?? []);
  const nameServers = [network.dns1, network.dns2].filter((one) => one !== undefined && one !== "").join(",");
  return {
    uuid: network.id,
    name: network.name ?? network.id,
    state: network.state ?? "",
    networkId,
    cidr: given(network.cidr),
    wholeCidr: given(network.networkcidr),
    gateway: given(network.gateway),
    nameServers: given(nameServers),
    domainName: given(network.networkdomain),
    services: new Set(network.service?.map(({ name }) => name)),
    ownerName: network.project ?? network.account ?? "",
    projectUuid: network.acltype === "Domain" ? systemUuid(network.domainid) : network.projectid,
    domain: { uuid: network.domainid, path: network.domainpath ?? network.domain ?? "" },
  };
}

/** The NICs of a machine of listVirtualMachines; one that is not understood does not hide the others. */
export function readNics(item: ApiObject): NetworkNics {
  const command = "listVirtualMachines";
  const machine = understood(MACHINE, item, "virtual-machine", command);
  const known: CloudNic[] = [];
  const unknown: UnknownItem[] = [];
  for (const part of machine.nic ?? []) {
    const result = NIC.safeParse(part);
    if (!result.success) {
      unknown.push(notUnderstood(result.error, part, "virtual-machine-interface", command, machine.id));
      continue;
    }
    const nic = result.data;
    const secondary = nic.secondaryip ?? [];
    known.push({
      uuid: nic.id,
      networkUuid: nic.networkid,
      mac: given(nic.macaddress)?.toLowerCase(),
      ip: given(nic.ipaddress),
      isDefault: nic.isdefault === true,
      secondary: secondary.flatMap(({ id, ipaddress: ip }) => (ip === undefined ? [] : [{ uuid: id, ip }])),
      machineUuid: machine.id,
      machineName: machine.name ?? machine.id,
      machineState: machine.state ?? "",
      hostUuid: given(machine.hostid),
      machineOwner: ownerNames(machine),
    });
  }
  return { nics: known, unknown };
}

function ownerNames({ account, projectid, domainid }: z.infer<typeof MACHINE>): OwnerNames | undefined {
  if (domainid === undefined || (account ?? projectid) === undefined) return undefined;
  return { ownerName: account ?? "", projectUuid: projectid, domain: { uuid: domainid, path: "" } };
}

/** The device that an extension gave a network (recordings/api/304); ours where none is told. */
function deviceOf(details: string | undefined): unknown {
  try {
    const told: unknown = JSON.parse(details ?? "{}");
    return typeof told === "object" && told !== null && "device" in told ? told.device : DEVICE;
  } catch {
    return DEVICE;
  }
}
