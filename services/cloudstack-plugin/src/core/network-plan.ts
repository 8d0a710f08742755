import { formatInetAddress, parseInetPrefix } from "@contrail/net";
import type { JsonObject, JsonValue } from "@contrail/schema";
import { type AnnotationChange, annotated, annotationsOf, KEYS } from "./annotations.ts";
import type { NetworkCommand } from "./command-list.ts";
import { removeInterface } from "./interface-plan.ts";
import type { NetworkIdentity, NetworkView } from "./network-view.ts";
import type { NetworkPayload, RestoreData } from "./payload.ts";
import { mend, type Write } from "./write.ts";

/** Owner of networks until CloudStack's API told another. */
const UNKNOWN_OWNER: readonly string[] = ["default-domain", "default-project"];
const IPAM: readonly string[] = ["default-domain", "default-project", "default-network-ipam"];

/** The last part of a network's fq_name, and the value of its broadcast URI: `cs-net-<network_id>`. */
export function networkName(networkId: string): string {
  return `cs-net-${networkId}`;
}

/** The URI by which CloudStack's API names a network: what implement-network answers. */
export function broadcastUri(networkId: string): string {
  return `lswitch:${networkName(networkId)}`;
}

/** The fq_name of the network that is there, or of the one that would be made. */
export function networkFqName(networkId: string, { network, identity }: NetworkView): readonly string[] {
  const known = network?.fq_name as readonly string[] | undefined; // The model says a list of strings.
  return known ?? [...(identity?.project ?? UNKNOWN_OWNER), networkName(networkId)];
}

/** The writes of a command on a network; of restore-network planRestore has them. */
export function planNetwork(
  command: Exclude<NetworkCommand, "restore-network">,
  payload: NetworkPayload,
  view: NetworkView,
): readonly Write[] {
  const { network } = view;
  switch (command) {
    case "implement-network":
      return settle(payload, view, { state: "implemented", subnet: true });
    case "config-dns-subnet":
      return settle(payload, view, { names: namesOf(payload) });
    case "config-dhcp-subnet":
      return settle(payload, view, { names: namesOf(payload), dhcp: true });
    case "shutdown-network":
      return network === undefined ? [] : settle(payload, view, { state: "shutdown" });
    case "remove-dhcp-subnet":
      return network === undefined ? [] : settle(payload, view, { dhcp: false });
    case "remove-dns-subnet":
      return network === undefined ? [] : settle(payload, view, { names: NO_NAMES });
    case "destroy-network":
      return [
        ...view.interfaces.flatMap(removeInterface),
        ...(network === undefined
          ? []
          : [{ kind: "remove", type: "virtual-network", uuid: String(network.uuid), unlessUsed: false } as const]),
      ];
  }
}

/**
 * The writes that give a network back what restore-network says of it: it may have been made anew since machines were
 * started, and no config-dhcp-subnet comes until one is started again. What it says nothing of stays.
 */
export function restoreNetwork(payload: NetworkPayload, restore: RestoreData, view: NetworkView): readonly Write[] {
  return settle(payload, view, {
    ...(restore.dns_enabled === false ? {} : { names: namesOf(payload) }),
    ...(restore.dhcp_enabled === true ? { dhcp: true } : {}),
  });
}

/** Makes the network of a NIC command where no implement-network has come; changes nothing of one that is there. */
export function ensureNetwork(payload: NetworkPayload, view: NetworkView): readonly Write[] {
  return view.network === undefined ? settle(payload, view, {}) : [];
}

/** The writes that give a network its identity, prefix, names and state as CloudStack's API tells them. */
export function planIdentified(payload: NetworkPayload, view: NetworkView, wanted: WantedNetwork): readonly Write[] {
  const names = wanted.dns === true ? { names: namesOf(payload) } : {};
  return settle(payload, view, { ...wanted, ...names, subnet: true });
}

/** What CloudStack's API tells of a network, beside its payload; absent: as it is. */
export interface WantedNetwork {
  readonly state?: "implemented";
  /** Names are served. */
  readonly dns?: boolean;
  /** Addresses are given by DHCP. */
  readonly dhcp?: true;
}

/** What is wanted of a network; absent: as it is. */
interface Wanted {
  readonly state?: "implemented" | "shutdown";
  readonly names?: AnnotationChange;
  readonly dhcp?: boolean;
  /** True: prefix and gateway as the payload has them. */
  readonly subnet?: boolean;
}

const NO_NAMES: AnnotationChange = { [KEYS.nameServers]: undefined, [KEYS.networkDomain]: undefined };

function namesOf({ dns, domain }: NetworkPayload): AnnotationChange {
  return {
    ...(dns === undefined ? {} : { [KEYS.nameServers]: dns }),
    ...(domain === undefined ? {} : { [KEYS.networkDomain]: domain }),
  };
}

function settle(payload: NetworkPayload, view: NetworkView, wanted: Wanted): readonly Write[] {
  const { network } = view;
  const change: AnnotationChange = {
    ...identified(view.identity),
    ...wanted.names,
    ...(wanted.state === undefined ? {} : { [KEYS.networkState]: wanted.state }),
  };
  if (network === undefined)
    return [{ kind: "create", type: "virtual-network", object: made(payload, view, wanted, change) }];
  const properties = { ...subnetChange(payload, network, wanted), ...ownProperties(view.identity, network) };
  return mend("virtual-network", network, properties, change);
}

function made(payload: NetworkPayload, view: NetworkView, wanted: Wanted, change: AnnotationChange): JsonObject {
  const { identity } = view;
  const fixed = { [KEYS.networkId]: payload.network_id, [KEYS.broadcastUri]: broadcastUri(payload.network_id) };
  const state = { [KEYS.networkState]: "implemented" };
  return {
    ...(identity === undefined ? {} : { uuid: identity.uuid }),
    ...ownProperties(identity, {}),
    fq_name: networkFqName(payload.network_id, view),
    parent_type: "project",
    ...withSubnets(payload, [], { ...wanted, subnet: true }),
    annotations: annotated(annotationsOf({}), { ...fixed, ...state, ...change }),
  };
}

const OWNERS_ONLY: JsonObject = { owner_access: 7, global_access: 0, share: [] };

/** Name and owner; who else may use it stays as it is. */
function ownProperties(identity: NetworkIdentity | undefined, { perms2 }: JsonObject): JsonObject {
  if (identity === undefined) return {};
  const before = (perms2 ?? OWNERS_ONLY) as JsonObject; // The model says PermType2.
  return { display_name: identity.name, perms2: { ...before, owner: identity.projectUuid } };
}

function identified(identity: NetworkIdentity | undefined): AnnotationChange {
  return identity === undefined ? {} : { [KEYS.networkUuid]: identity.uuid };
}

function subnetChange(payload: NetworkPayload, network: JsonObject, wanted: Wanted): JsonObject {
  const before = subnetsOf(network);
  const after = withSubnets(payload, before, wanted);
  const unchanged = JSON.stringify(before) === JSON.stringify(attributesOf(after));
  return unchanged ? {} : after;
}

/** The reference to the IPAM, with the payload's subnet in place of another; {} for a network without addresses. */
function withSubnets(payload: NetworkPayload, before: readonly JsonObject[], wanted: Wanted): JsonObject {
  const subnet = subnetOf(payload);
  if (subnet === undefined) return {};
  const { prefix, length } = subnet;
  const known = before.find(({ subnet: entry }) => samePrefix(entry as JsonObject, prefix, length)); // SubnetType.
  if (known === undefined && wanted.subnet !== true) return {};
  const entry: JsonObject = {
    ...(known ?? { subnet: { ip_prefix: prefix, ip_prefix_len: length }, enable_dhcp: before.some(hasDhcp) }),
    ...(wanted.subnet === true ? gatewayOf(payload, known) : {}),
    ...(wanted.dhcp === undefined ? {} : { enable_dhcp: wanted.dhcp }),
  };
  return { network_ipam_refs: [{ to: IPAM, attr: { ipam_subnets: [entry] } }] };
}

/** The agent answers DNS at an address that no machine gets: the extension's own, else the gateway. */
function gatewayOf({ gateway, extension_ip: own }: NetworkPayload, known: JsonObject | undefined): JsonObject {
  if (gateway === undefined) return {};
  return { default_gateway: gateway, dns_server_address: own ?? known?.dns_server_address ?? gateway };
}

function subnetOf({ cidr }: NetworkPayload): { readonly prefix: string; readonly length: number } | undefined {
  const parsed = cidr === undefined ? undefined : parseInetPrefix(cidr);
  return parsed === undefined ? undefined : { prefix: formatInetAddress(parsed.address), length: parsed.length };
}

function hasDhcp(entry: JsonObject): boolean {
  return entry.enable_dhcp === true;
}

function samePrefix(entry: JsonObject, prefix: string, length: number): boolean {
  return entry.ip_prefix === prefix && Number(entry.ip_prefix_len) === length;
}

function subnetsOf(network: JsonObject): readonly JsonObject[] {
  return attributesOf({ network_ipam_refs: network.network_ipam_refs ?? [] });
}

function attributesOf(object: JsonObject): readonly JsonObject[] {
  const refs = (object.network_ipam_refs ?? []) as readonly JsonObject[]; // References are a list of objects.
  return refs.flatMap(({ attr }) => {
    const subnets = (attr as JsonObject | null)?.ipam_subnets; // The model says VnSubnetsType.
    return Array.isArray(subnets) ? subnets.map((subnet: JsonValue) => subnet as JsonObject) : []; // IpamSubnetType.
  });
}
