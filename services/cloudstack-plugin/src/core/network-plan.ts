import { formatInetAddress, parseInetPrefix } from "@contrail/net";
import type { JsonObject, JsonValue } from "@contrail/schema";
import { type AnnotationChange, annotated, annotationsOf, KEYS } from "./annotations.ts";
import type { NetworkCommand } from "./command-list.ts";
import { removeInterface } from "./interface-plan.ts";
import type { NetworkView } from "./network-view.ts";
import type { NetworkPayload } from "./payload.ts";
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
export function networkFqName(networkId: string, network: JsonObject | undefined): readonly string[] {
  const known = network?.fq_name as readonly string[] | undefined; // The model says a list of strings.
  return known ?? [...UNKNOWN_OWNER, networkName(networkId)];
}

/** The writes of a command on a network; restore-network's machines come on top of them. */
export function planNetwork(command: NetworkCommand, payload: NetworkPayload, view: NetworkView): readonly Write[] {
  const { network } = view;
  switch (command) {
    case "implement-network":
      return settle(payload, view, { state: "implemented", subnet: true });
    case "restore-network":
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

/** Makes the network of a NIC command where no implement-network has come; changes nothing of one that is there. */
export function ensureNetwork(payload: NetworkPayload, view: NetworkView): readonly Write[] {
  return view.network === undefined ? settle(payload, view, {}) : [];
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

function settle(payload: NetworkPayload, { network }: NetworkView, wanted: Wanted): readonly Write[] {
  const change: AnnotationChange = {
    ...wanted.names,
    ...(wanted.state === undefined ? {} : { [KEYS.networkState]: wanted.state }),
  };
  if (network === undefined)
    return [{ kind: "create", type: "virtual-network", object: made(payload, wanted, change) }];
  return mend("virtual-network", network, subnetChange(payload, network, wanted), change);
}

function made(payload: NetworkPayload, wanted: Wanted, change: AnnotationChange): JsonObject {
  const fixed = { [KEYS.networkId]: payload.network_id, [KEYS.broadcastUri]: broadcastUri(payload.network_id) };
  const state = { [KEYS.networkState]: "implemented" };
  return {
    fq_name: networkFqName(payload.network_id, undefined),
    parent_type: "project",
    ...withSubnets(payload, [], { ...wanted, subnet: true }),
    annotations: annotated(annotationsOf({}), { ...fixed, ...state, ...change }),
  };
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
    ...(known ?? { subnet: { ip_prefix: prefix, ip_prefix_len: length }, enable_dhcp: false }),
    ...(wanted.subnet === true ? gatewayOf(payload) : {}),
    ...(wanted.dhcp === undefined ? {} : { enable_dhcp: wanted.dhcp }),
  };
  return { network_ipam_refs: [{ to: IPAM, attr: { ipam_subnets: [entry] } }] };
}

/** The agent answers DNS at an address that no machine gets: the extension's own, else the gateway. */
function gatewayOf({ gateway, extension_ip: own }: NetworkPayload): JsonObject {
  if (gateway === undefined) return {};
  return { default_gateway: gateway, dns_server_address: own ?? gateway };
}

function subnetOf({ cidr }: NetworkPayload): { readonly prefix: string; readonly length: number } | undefined {
  const parsed = cidr === undefined ? undefined : parseInetPrefix(cidr);
  return parsed === undefined ? undefined : { prefix: formatInetAddress(parsed.address), length: parsed.length };
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
