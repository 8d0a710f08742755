import type { JsonObject } from "@contrail/schema";
import { type AnnotationChange, annotated, annotationsOf, KEYS } from "./annotations.ts";
import type { NetworkCommand } from "./command-list.ts";
import { removeInterface } from "./interface-plan.ts";
import { isProvisional, letGoOfNumber, portsOf } from "./network-number.ts";
import { subnetChange, type WantedSubnet } from "./network-subnets.ts";
import { cloudUuidOf, isNetwork, type NetworkIdentity, type NetworkView } from "./network-view.ts";
import type { NetworkPayload, RestoreData } from "./payload.ts";
import { mend, ownedBy, sameJson, type Write } from "./write.ts";

/** Owner of networks until CloudStack's API told another. */
const UNKNOWN_OWNER: readonly string[] = ["default-domain", "default-project"];

/** The last part of a network's fq_name, and the value of its broadcast URI: `cs-net-<network_id>`. */
export function networkName(networkId: string): string {
  return `cs-net-${networkId}`;
}

/** Names for a network, the first that is free to be taken: one that had the number before may have its name still. */
export function networkNames(networkId: string, uuid: string): readonly string[] {
  const plain = networkName(networkId);
  return [plain, `${plain}-${uuid.slice(0, 8)}`, uniqueName(networkId, uuid)];
}

function uniqueName(networkId: string, uuid: string): string {
  return `${networkName(networkId)}-${uuid}`;
}

/** The URI by which CloudStack's API names a network: what implement-network answers. */
export function broadcastUri(networkId: string): string {
  return `lswitch:${networkName(networkId)}`;
}

/** The fq_name of the network that is there, or of the one that would be made. */
export function networkFqName(networkId: string, { network, identity, cloudUuid }: NetworkView): readonly string[] {
  const known = network?.fq_name as readonly string[] | undefined; // The model says a list of strings.
  if (known !== undefined) return known;
  if (identity !== undefined) return [...identity.project, identity.networkName ?? networkName(networkId)];
  // One that is known by its uuid only may come beside a provisional one of its number.
  return [...UNKNOWN_OWNER, cloudUuid === undefined ? networkName(networkId) : uniqueName(networkId, cloudUuid)];
}

/** True for a network that was made where its owner belongs, or nobody could be asked who that is. */
export function isAtOwner({ fq_name: name, perms2 }: JsonObject, { project, projectUuid }: NetworkIdentity): boolean {
  const parent = Array.isArray(name) ? name.slice(0, -1) : [];
  const { owner } = (perms2 ?? {}) as JsonObject; // The model says PermType2.
  return owner === projectUuid || !sameJson(parent, UNKNOWN_OWNER) || sameJson(parent, project);
}

/** uuid of the project that a network's objects belong to; undefined while CloudStack's API has not told it. */
export function ownerOfNetwork({ network, identity }: NetworkView): string | undefined {
  if (identity !== undefined) return identity.projectUuid;
  if (network === undefined || cloudUuidOf(network) === undefined) return undefined;
  const { owner } = (network.perms2 ?? {}) as JsonObject; // The model says PermType2.
  return typeof owner === "string" ? owner : undefined;
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

/**
 * Makes the network of a NIC command where no implement-network has come; of one that is there it changes no more than
 * whose it is, where that has just been told.
 */
export function ensureNetwork(payload: NetworkPayload, view: NetworkView): readonly Write[] {
  return settle(payload, view, {});
}

/** The writes that give a network its identity, prefix, names and state as CloudStack's API tells them. */
export function planIdentified(payload: NetworkPayload, view: NetworkView, wanted: WantedNetwork): readonly Write[] {
  const names = wanted.dns === true ? { names: namesOf(payload) } : {};
  return settle(payload, view, { ...wanted, ...names, subnet: true, isWhole: true });
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
interface Wanted extends WantedSubnet {
  readonly state?: "implemented" | "shutdown";
  readonly names?: AnnotationChange;
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
  const letGo = leaveNumber(view.former);
  const change: AnnotationChange = {
    ...numbered(payload, network),
    ...identified(view),
    ...wanted.names,
    ...(wanted.state === undefined ? {} : { [KEYS.networkState]: wanted.state }),
    // With its end CloudStack forgets what it kept of the network.
    ...(wanted.state === "shutdown" ? { [KEYS.uuidKept]: undefined } : {}),
  };
  if (network === undefined)
    return [...letGo, { kind: "create", type: "virtual-network", object: made(payload, view, wanted, change) }];
  const properties = { ...subnetChange(payload, network, wanted), ...ownProperties(view.identity, network) };
  return [...letGo, ...mend("virtual-network", network, properties, change)];
}

/** A provisional network without ports has nothing to wait for; one that others use all the same stays. */
function leaveNumber(former: JsonObject | undefined): readonly Write[] {
  const letGo = letGoOfNumber(former);
  if (!isProvisional(former) || portsOf(former).length > 0) return letGo;
  return [...letGo, { kind: "remove", type: "virtual-network", uuid: String(former.uuid), unlessUsed: true }];
}

/** Another one of the number may have had it meanwhile. */
function numbered({ network_id: id }: NetworkPayload, network: JsonObject | undefined): AnnotationChange {
  if (network !== undefined && isNetwork(network, id)) return {};
  return { [KEYS.networkId]: id, [KEYS.broadcastUri]: broadcastUri(id) };
}

function made(payload: NetworkPayload, view: NetworkView, wanted: Wanted, change: AnnotationChange): JsonObject {
  const { identity, cloudUuid } = view;
  const uuid = identity?.uuid ?? cloudUuid;
  const state = { [KEYS.networkState]: "implemented" };
  return {
    ...(uuid === undefined ? {} : { uuid }),
    ...ownProperties(identity, {}),
    fq_name: networkFqName(payload.network_id, view),
    parent_type: "project",
    ...subnetChange(payload, {}, { ...wanted, subnet: true }),
    annotations: annotated(annotationsOf({}), { ...state, ...change }),
  };
}

/** Name and owner. */
function ownProperties(identity: NetworkIdentity | undefined, network: JsonObject): JsonObject {
  if (identity === undefined) return {};
  const { uuid, name, projectUuid: owner } = identity;
  return { display_name: name, perms2: ownedBy(owner, network, cloudUuidOf(network) !== uuid) };
}

/** A network that is there is named by who was told; one that is made, by the uuid that is known at least. */
function identified({ identity, network, sentUuid, cloudUuid }: NetworkView): AnnotationChange {
  const told = identity?.uuid ?? (network === undefined ? cloudUuid : undefined);
  const uuid = told ?? cloudUuidOf(network);
  return {
    ...(told === undefined ? {} : { [KEYS.networkUuid]: told }),
    ...(sentUuid !== undefined && sentUuid === uuid ? { [KEYS.uuidKept]: "true" } : {}),
  };
}
