import type { JsonObject } from "@contrail/schema";
import { annotationsOf, KEYS } from "./annotations.ts";
import { cloudUuidOf } from "./network-view.ts";

/** Networks of the plugin by both of CloudStack's names for one: its database number, and its uuid. */
export class NetworkIndex {
  readonly #byNumber = new Map<string, JsonObject>();
  readonly #byUuid = new Map<string, JsonObject>();

  constructor(networks: Iterable<JsonObject> = []) {
    for (const network of networks) this.add(network);
  }

  add(network: JsonObject): void {
    const number = numberOf(network);
    const cloudUuid = cloudUuidOf(network);
    if (number !== undefined) this.#byNumber.set(number, network);
    if (cloudUuid === undefined) return;
    const other = this.#byUuid.get(cloudUuid);
    if (other === undefined || firstOf(cloudUuid, String(other.uuid), String(network.uuid)) === network.uuid)
      this.#byUuid.set(cloudUuid, network);
  }

  /** The network that has a number. */
  ofNumber(number: string): JsonObject | undefined {
    return this.#byNumber.get(number);
  }

  /** CloudStack's network of a uuid: the first one where several have that. */
  ofUuid(cloudUuid: string): JsonObject | undefined {
    return this.#byUuid.get(cloudUuid);
  }

  /** Each name with its network. */
  names(): readonly (readonly [string, JsonObject])[] {
    return [...this.#byNumber, ...this.#byUuid];
  }
}

/**
 * Which of two networks is CloudStack's of a uuid: the one that has the uuid itself, else always the same one. The ports of
 * the other belong in there. a, b: uuids of the configuration's networks.
 */
export function firstOf(cloudUuid: string, a: string, b: string): string {
  if (a === cloudUuid || b === cloudUuid) return cloudUuid;
  return a < b ? a : b;
}

/** The database number that a network has; undefined for a network of others. */
export function numberOf(network: JsonObject | undefined): string | undefined {
  return network === undefined ? undefined : annotationsOf(network).get(KEYS.networkId);
}
