import type { JsonObject } from "@contrail/schema";
import { annotationsOf, KEYS } from "./annotations.ts";
import { numberOf } from "./network-index.ts";
import { canonicalPrefix, subnetsOf } from "./network-subnets.ts";
import { cloudUuidOf, type NetworkView } from "./network-view.ts";
import type { NetworkPayload } from "./payload.ts";
import { referredUuids } from "./references.ts";
import { mend, type Write } from "./write.ts";

/** The number that CloudStack gave a network that has it, or had it before: of all that changes hands with it, the lock's key. */
export function givenNumber(number: string): string {
  return number.split("-", 1)[0] ?? number;
}

/**
 * The writes that take its number from a network: CloudStack gave it to another one. Its ports stay, among themselves, and
 * no command of the number reaches it any more; the reconciler finds it by the number with its uuid behind, which no
 * payload has.
 */
export function letGoOfNumber(network: JsonObject | undefined): readonly Write[] {
  if (network === undefined) return [];
  const number = givenNumber(numberOf(network) ?? "");
  return mend("virtual-network", network, {}, { [KEYS.networkId]: `${number}-${String(network.uuid)}` });
}

/** True for a network that nobody has told of whose it is. */
export function isProvisional(network: JsonObject | undefined): network is JsonObject {
  return network !== undefined && cloudUuidOf(network) === undefined;
}

/** The ports of a network that was read with those who refer to it, by uuid. */
export function portsOf(network: JsonObject): readonly string[] {
  return referredUuids(network, "virtual_machine_interface_back_refs");
}

/** The view of a command whose network is not the one that has the number. */
export function withoutFormer(view: NetworkView, interfaces: readonly string[] | "all"): NetworkView {
  return {
    ...view,
    network: undefined,
    former: view.network,
    interfaces: interfaces === "all" ? [] : view.interfaces,
  };
}

/**
 * True where a payload without a uuid is hardly of this network: CloudStack would send the network's own uuid, or has
 * another prefix and another gateway.
 */
export function contradicts(payload: NetworkPayload, network: JsonObject): boolean {
  return annotationsOf(network).has(KEYS.uuidKept) || isElsewhere(payload, network);
}

/** True where neither prefix nor gateway of a payload are those of a network. */
export function isElsewhere({ cidr, gateway }: NetworkPayload, network: JsonObject): boolean {
  const subnets = subnetsOf(network);
  const prefix = canonicalPrefix(cidr);
  if (prefix === undefined || gateway === undefined || subnets.length === 0) return false;
  return subnets.every((subnet) => subnet.prefix !== prefix && subnet.gateway !== gateway);
}
