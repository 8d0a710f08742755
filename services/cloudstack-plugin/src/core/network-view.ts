import type { JsonObject } from "@contrail/schema";
import { annotationsOf, KEYS } from "./annotations.ts";
import { lastName, referredUuids } from "./references.ts";

/** An interface with its addresses, as the configuration has them. */
export interface InterfaceView {
  readonly vmi: JsonObject;
  readonly address: JsonObject | undefined;
  /** Further addresses that the plugin made (secondaryAddressName). */
  readonly secondary: readonly JsonObject[];
}

/** Who a network is for CloudStack's API. */
export interface NetworkIdentity {
  readonly uuid: string;
  readonly name: string;
  /** fq_name and uuid of the owner's project. */
  readonly project: readonly string[];
  readonly projectUuid: string;
  /** Last part of the fq_name under which it would be made; absent: as its number says. */
  readonly networkName?: string;
}

/** What the configuration has of one of CloudStack's networks. */
export interface NetworkView {
  readonly network: JsonObject | undefined;
  /** Another one of CloudStack's that has the number still, which is this network's now. */
  readonly former?: JsonObject | undefined;
  /** The uuid that CloudStack sent with the call; absent where it sent none, or there is no call. */
  readonly sentUuid?: string | undefined;
  /** By which CloudStack's API knows the network of the call: sent with it, or asked for; absent where nobody told. */
  readonly cloudUuid?: string | undefined;
  /** Interfaces of the network that CloudStack owns and the command is about. */
  readonly interfaces: readonly InterfaceView[];
  /** Ports of other networks whose NICs CloudStack has in this one: they are to be moved. */
  readonly misplaced?: readonly InterfaceView[];
  /** The machines that are there, of those that the command names, by uuid. */
  readonly machines: ReadonlyMap<string, JsonObject>;
  /** Who the network is; undefined where CloudStack's API could not be asked. */
  readonly identity?: NetworkIdentity | undefined;
}

const SECONDARY = "cs-ip-";

/** Name of the object of an interface's address. */
export function addressName(nicUuid: string): string {
  return `cs-nic-${nicUuid}`;
}

/** Name of the object of a secondary address, by CloudStack's uuid of that. */
export function secondaryAddressName(uuid: string): string {
  return `${SECONDARY}${uuid}`;
}

/** True for an interface that the plugin made. */
export function isOwnInterface(vmi: JsonObject): boolean {
  return annotationsOf(vmi).has(KEYS.nicState);
}

/** True for a network that the plugin made. */
export function isOwnNetwork(network: JsonObject): boolean {
  return annotationsOf(network).has(KEYS.networkId);
}

/** True for a network that the plugin made of this number. */
export function isNetwork(network: JsonObject, networkId: string): boolean {
  return annotationsOf(network).get(KEYS.networkId) === networkId;
}

/** The uuid by which CloudStack's API knows a network; undefined for none, and for a provisional one, which nobody has told yet. */
export function cloudUuidOf(network: JsonObject | undefined): string | undefined {
  return network === undefined ? undefined : annotationsOf(network).get(KEYS.networkUuid);
}

/** The MAC addresses of an interface, as they are written in it. */
export function macsOf(vmi: JsonObject): readonly string[] {
  const wrapper = vmi.virtual_machine_interface_mac_addresses as { mac_address?: readonly string[] } | null | undefined; // MacAddressesType.
  return wrapper?.mac_address ?? [];
}

/** Interfaces of the plugin with their addresses, out of lists of both. */
export function interfaceViews(
  interfaces: readonly JsonObject[],
  addresses: readonly JsonObject[],
): readonly InterfaceView[] {
  const byInterface = Map.groupBy(addresses, (address) => referredUuids(address, "virtual_machine_interface_refs")[0]);
  return interfaces.filter(isOwnInterface).map((vmi) => interfaceView(vmi, byInterface.get(String(vmi.uuid)) ?? []));
}

/** One interface with its addresses, out of those that refer to it; addresses of others are left out. */
export function interfaceView(vmi: JsonObject, addresses: readonly JsonObject[]): InterfaceView {
  return {
    vmi,
    address: addresses.find((address) => lastName(address) === addressName(String(vmi.uuid))),
    secondary: addresses.filter((address) => lastName(address).startsWith(SECONDARY)),
  };
}

/** The uuid of another network than this one that an interface is a port of; undefined where it is a port of no other. */
export function otherNetworkOf(vmi: JsonObject, network: JsonObject | undefined): string | undefined {
  return referredUuids(vmi, "virtual_network_refs").find((uuid) => uuid !== network?.uuid);
}
