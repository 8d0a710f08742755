import { ContrailError } from "@contrail/errors";
import { z } from "zod";
import { systemUuid } from "./system-owner.ts";

/** An item of a list of the API. */
type ApiObject = Readonly<Record<string, unknown>>;

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

/** A guest network. */
export interface CloudNetwork {
  readonly uuid: string;
  readonly name: string;
  /** Allocated, Implementing, Implemented, Shutdown, Setup, Destroy. */
  readonly state: string;
  /** The database number that our broadcast URI tells; undefined where the network has no such URI. */
  readonly networkId: string | undefined;
  readonly cidr: string | undefined;
  readonly gateway: string | undefined;
  /** Addresses, joined by ",", as the extension's payload has them. */
  readonly nameServers: string | undefined;
  readonly domainName: string | undefined;
  /** Names of services, as Dhcp. */
  readonly services: ReadonlySet<string>;
  readonly ownerName: string;
  /** The one that systemUuid gives, of a network that is for all of a domain. */
  readonly projectUuid: string | undefined;
  readonly domain: CloudDomain;
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
}

/** All that the reconciler wants of CloudStack, at one time. */
export interface Cloud {
  readonly domains: readonly CloudDomain[];
  readonly owners: readonly CloudOwner[];
  readonly networks: readonly CloudNetwork[];
  readonly nics: readonly CloudNic[];
}

/** What ensure-network-device answers as its device; CloudStack shows it in a network's details. */
export const DEVICE = "opencontrail";
/** What implement-network answered: only these networks are ours to make. */
const OUR_URI = /^lswitch:cs-net-(\d{1,19})$/i;

const uuid = z
  .string()
  .regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i)
  .transform((text) => text.toLowerCase());
const text = z.string().optional();
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
const MACHINE = z.object({ id: uuid, name: text, state: text, nic: z.array(NIC).optional() });

/** A domain of listDomains. The readers of this file throw "cloudstack.unavailable" for what CloudStack never answers. */
export function readDomain(item: ApiObject): CloudDomain {
  const { id, path, name } = read(DOMAIN, item, "listDomains");
  return { uuid: id, path: path ?? name ?? "" };
}

/** An account of listAccounts, as an owner. */
export function readAccount(item: ApiObject): CloudOwner {
  const { id, name, domainid, domainpath, domain } = read(ACCOUNT, item, "listAccounts");
  return { kind: "account", uuid: id, name, domain: { uuid: domainid, path: domainpath ?? domain ?? "" } };
}

/** A project of listProjects, as an owner; its domain is one of the given ones. */
export function readProject(item: ApiObject, domains: ReadonlyMap<string, CloudDomain>): CloudOwner {
  const { id, name, domainid } = read(PROJECT, item, "listProjects");
  return { kind: "project", uuid: id, name, domain: domains.get(domainid) ?? { uuid: domainid, path: "" } };
}

/** A network of listNetworks. */
export function readCloudNetwork(item: ApiObject): CloudNetwork {
  const network = read(NETWORK, item, "listNetworks");
  const isTheirs = deviceOf(network.details?.["extension.details"]) !== DEVICE;
  const [, networkId] = isTheirs ? [] : (OUR_URI.exec(network.broadcasturi ?? "") ?? []);
  const nameServers = [network.dns1, network.dns2].filter((one) => one !== undefined && one !== "").join(",");
  return {
    uuid: network.id,
    name: network.name ?? network.id,
    state: network.state ?? "",
    networkId,
    cidr: given(network.cidr),
    gateway: given(network.gateway),
    nameServers: given(nameServers),
    domainName: given(network.networkdomain),
    services: new Set(network.service?.map(({ name }) => name)),
    ownerName: network.project ?? network.account ?? "",
    projectUuid: network.acltype === "Domain" ? systemUuid(network.domainid) : network.projectid,
    domain: { uuid: network.domainid, path: network.domainpath ?? network.domain ?? "" },
  };
}

/** The NICs of a machine of listVirtualMachines. */
export function readNics(item: ApiObject): readonly CloudNic[] {
  const machine = read(MACHINE, item, "listVirtualMachines");
  return (machine.nic ?? []).map((nic) => ({
    uuid: nic.id,
    networkUuid: nic.networkid,
    mac: given(nic.macaddress)?.toLowerCase(),
    ip: given(nic.ipaddress),
    isDefault: nic.isdefault === true,
    secondary: (nic.secondaryip ?? []).flatMap(({ id, ipaddress: ip }) => (ip === undefined ? [] : [{ uuid: id, ip }])),
    machineUuid: machine.id,
    machineName: machine.name ?? machine.id,
    machineState: machine.state ?? "",
  }));
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

function given(value: string | undefined): string | undefined {
  return value === "" ? undefined : value;
}

function read<T>(type: z.ZodType<T>, item: ApiObject, command: string): T {
  const result = type.safeParse(item);
  if (result.success) return result.data;
  const where = result.error.issues.map(({ path }) => path.join(".")).slice(0, 3);
  const message = `${command} answered something that is not understood, at ${where.join(", ")}; nothing is changed by it`;
  throw new ContrailError("cloudstack.unavailable", message);
}
