import type { JsonObject } from "@contrail/schema";
import { annotationsOf, KEYS } from "./annotations.ts";

/** An interface with its address, as the configuration has them. */
export interface InterfaceView {
  readonly vmi: JsonObject;
  readonly address: JsonObject | undefined;
}

/** What the configuration has of one of CloudStack's networks. */
export interface NetworkView {
  readonly network: JsonObject | undefined;
  /** Interfaces of the network that CloudStack owns and the command is about. */
  readonly interfaces: readonly InterfaceView[];
  /** UUIDs of the machines that are there, of those that the command names. */
  readonly machines: ReadonlySet<string>;
}

/** True for an interface that the plugin made. */
export function isOwnInterface(vmi: JsonObject): boolean {
  return annotationsOf(vmi).has(KEYS.nicState);
}

/** True for a network that the plugin made of this number. */
export function isNetwork(network: JsonObject, networkId: string): boolean {
  return annotationsOf(network).get(KEYS.networkId) === networkId;
}

/** The uuid of another network than this one that an interface is a port of; undefined where it is a port of no other. */
export function otherNetworkOf(vmi: JsonObject, network: JsonObject | undefined): string | undefined {
  const references = (vmi.virtual_network_refs ?? []) as readonly JsonObject[]; // References are a list of objects.
  const other = references.find(({ uuid }) => uuid !== network?.uuid);
  return other === undefined ? undefined : String(other.uuid);
}
