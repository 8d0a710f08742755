import type { JsonObject } from "@contrail/schema";
import type { CloudNetwork, CloudNic } from "../cloud.ts";
import { removeInterface } from "../interface-plan.ts";
import { isProvisional } from "../network-number.ts";
import { isAtOwner, networkFqName, planIdentified } from "../network-plan.ts";
import type { NetworkView } from "../network-view.ts";
import type { NetworkPayload } from "../payload.ts";
import type { Write } from "../write.ts";
import type { CloudOwners } from "./cloud-owners.ts";
import { changedBy, type Difference } from "./difference.ts";
import { diffNics } from "./nic-diff.ts";
import type { NicsOfNetwork } from "./whose.ts";

/** A network with its NICs as CloudStack has them. */
export interface CloudNetworkWithNics extends NicsOfNetwork {
  readonly network: CloudNetwork;
  /** Who may own its machines. */
  readonly owners: CloudOwners;
}

const TYPE = "virtual-network";

/**
 * What differs of one network. view: what the configuration has of it, with all its interfaces and those that are misplaced
 * in others, and with the identity that CloudStack gives. wanted undefined: CloudStack has none that it would be. A network
 * that no implement-network has come for is not made; whose a provisional one is, is for the caller to know.
 */
export function diffNetwork(
  networkId: string,
  wanted: CloudNetworkWithNics | undefined,
  view: NetworkView,
): readonly Difference[] {
  if (wanted === undefined) return view.network === undefined ? [] : [removed(view)];
  const { network } = wanted;
  if (network.state === "Destroy") return [];
  const canBeMade = network.networkId !== undefined && view.identity !== undefined;
  if (view.network === undefined && !canBeMade) return [];
  const differences = networkItself(networkId, network, view);
  const replaced = differences.some(({ action }) => action === "replace");
  const fqName = networkFqName(networkId, replaced ? { ...view, network: undefined } : view);
  const ownersOf = (nic: CloudNic) => wanted.owners.ofNic(nic, view.identity?.projectUuid);
  const [dns, userData] = [network.services.has("Dns"), network.services.has("UserData")];
  return [...differences, ...diffNics(wanted, view, { fqName, dns, userData, ownersOf })];
}

function networkItself(networkId: string, network: CloudNetwork, view: NetworkView): readonly Difference[] {
  const payload = payloadOf(networkId, network);
  const plan = (of: NetworkView) =>
    planIdentified(payload, of, {
      ...(network.state === "Implemented" ? { state: "implemented" } : {}),
      dns: network.services.has("Dns"),
      ...(network.services.has("Dhcp") ? { dhcp: true } : {}),
    });
  const difference = { type: TYPE, uuid: network.uuid, name: network.name };
  const before = view.network;
  if (before === undefined) {
    return [{ ...difference, action: "create", reason: "CloudStack has implemented it", writes: plan(view) }];
  }
  const isIdentified = !isProvisional(before);
  const { identity } = view;
  const isTrue = identity === undefined || (isIdentified && isAtOwner(before, identity));
  if (!isTrue && view.interfaces.length === 0) {
    const away: Write = { kind: "remove", type: TYPE, uuid: String(before.uuid), unlessUsed: false };
    const writes = [away, ...plan({ ...view, network: undefined })];
    return [{ ...difference, action: "replace", reason: `it was made as ${nameOf(before)}`, writes }];
  }
  const writes = plan(view);
  if (writes.length === 0) return [];
  return isIdentified
    ? [{ ...difference, action: "mend", reason: `not as in CloudStack: ${changedBy(writes)}`, writes }]
    : [{ ...difference, action: "adopt", reason: `it was made as ${nameOf(before)} and has ports`, writes }];
}

function removed({ network, interfaces }: NetworkView): Difference {
  const uuid = String(network?.uuid);
  const ports = interfaces.length === 0 ? "" : `; ports in it: ${interfaces.length}`;
  return {
    action: "remove",
    type: TYPE,
    uuid,
    name: String(network?.display_name ?? uuid),
    reason: `CloudStack does not have it${ports}`,
    writes: [...interfaces.flatMap(removeInterface), { kind: "remove", type: TYPE, uuid, unlessUsed: false }],
  };
}

function nameOf({ uuid, fq_name: name }: JsonObject): string {
  return `${String(uuid)}, ${Array.isArray(name) ? name.join(":") : ""}`;
}

function payloadOf(networkId: string, network: CloudNetwork): NetworkPayload {
  return {
    network_id: networkId,
    cidr: network.wholeCidr ?? network.cidr,
    gateway: network.gateway,
    dns: network.nameServers,
    domain: network.domainName,
    extension_ip: undefined,
    vpc_id: undefined,
  };
}
