import { z } from "zod";
import {
  type CloudDomain,
  type CloudNetwork,
  type CloudNic,
  type CloudOwner,
  DEVICE,
  type NetworkNics,
  type SystemNic,
  type UnknownItem,
} from "./cloud.ts";
import { type ApiObject, notUnderstood, understood } from "./not-understood.ts";

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
  networkcidr: text,
  gateway: text,
  dns1: text,
  dns2: text,
  networkdomain: text,
  service: z.array(z.object({ name: z.string() })).optional(),
  account: text,
  project: text,
  projectid: uuid.optional(),
  domainid: uuid,
  domainpath: text,
  domain: text,
});
const MACHINE = z.object({ id: uuid, name: text, state: text, nic: z.array(z.unknown()).optional() });
const SECONDARY = z.object({ id: uuid, ipaddress: text });
const NIC = z.object({
  id: uuid,
  networkid: uuid,
  macaddress: text,
  ipaddress: text,
  isdefault: z.boolean().optional(),
  secondaryip: z.array(SECONDARY).optional(),
});
const ROUTER = z.object({ id: uuid, nic: z.array(z.object({ id: uuid, macaddress: text })).optional() });
/** The MAC addresses of listSystemVms, which has no NICs (recordings/api/037). */
const SYSTEM_VM = z.object({ id: uuid, publicmacaddress: text, privatemacaddress: text, linklocalmacaddress: text });

/** A domain of listDomains. The readers of one item throw NotUnderstood. */
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
    projectUuid: network.projectid,
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
    });
  }
  return { nics: known, unknown };
}

/** The NICs of a virtual router or internal load balancer of listRouters, listInternalLoadBalancerVMs. */
export function readRouterNics(command: string): (item: ApiObject) => readonly SystemNic[] {
  return (item) => {
    const { id: machineUuid, nic: nics } = understood(ROUTER, item, "virtual-machine", command);
    return (nics ?? []).map(({ id, macaddress }) => ({ uuid: id, mac: given(macaddress)?.toLowerCase(), machineUuid }));
  };
}

/** The NICs of a console proxy or secondary storage VM of listSystemVms, which tells but their MAC addresses. */
export function readSystemVmNics(item: ApiObject): readonly SystemNic[] {
  const { id: machineUuid, ...macs } = understood(SYSTEM_VM, item, "virtual-machine", "listSystemVms");
  return Object.values(macs).flatMap((mac) =>
    given(mac) === undefined ? [] : [{ uuid: undefined, mac: mac?.toLowerCase(), machineUuid }],
  );
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
