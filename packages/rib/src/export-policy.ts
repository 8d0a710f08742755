import {
  type BgpRole,
  type FamilyName,
  type IpAddress,
  isTransitive,
  LLGR_STALE,
  NO_ADVERTISE,
  NO_EXPORT,
  NO_EXPORT_SUBCONFED,
  onlyToCustomerSent,
  type PathAttributes,
} from "@contrail/bgp";
import { hasRoles } from "./import-policy.ts";
import type { Membership } from "./membership.ts";
import { type AsPathPolicy, outgoingAsPath } from "./outgoing-as-path.ts";
import { type Destination, isVpnFamily, type Path, type PathSource } from "./path.ts";
import { targetsOf } from "./path-table.ts";
import { reflected } from "./reflection.ts";

/** What makes peers get the same bytes: peers of one policy are one update group. */
export interface ExportPolicy extends AsPathPolicy {
  readonly external: boolean;
  /** Our own address: next hop of what an external peer gets, VPN routes apart. */
  readonly localAddress: number;
  readonly fourOctetAs: boolean;
  readonly maxMessageBytes: number;
  /** Families in which the peers know routes that are kept for long (RFC 9494); nobody else is told of these. */
  readonly longLived: readonly FamilyName[];
  /** Our role to the peers (RFC 9234); undefined where none is configured. */
  readonly role: BgpRole | undefined;
  /** The cluster that this node reflects for (RFC 4456); undefined where it reflects nothing. */
  readonly clusterId: number | undefined;
  /** The peers are its clients. */
  readonly client: boolean;
  /** Families of which they get all paths that may go (RFC 7911). */
  readonly addPath: readonly FamilyName[];
  /** IPv4 families in which they take IPv6 next hops (RFC 8950); nobody else is sent a route with one. */
  readonly extendedNextHop: readonly FamilyName[];
}

/** One key for equal policies. */
export function policyKey(policy: ExportPolicy): string {
  return JSON.stringify(policy, Object.keys(policy).sort());
}

/**
 * The path that goes to a peer of a policy; undefined where none does: it gets nothing back that it has said itself. Some
 * communities forbid it (RFC 1997, RFC 9494 section 4.3), and so do roles (RFC 9234 section 5). Of memberships it is the
 * first path that may go, and not only the best: who asks for a target has to hear that others do (RFC 4684 section 3.2).
 */
export function exportedPath(destination: Destination, policy: ExportPolicy, peer: PathSource): Path | undefined {
  const { best, paths, family } = destination;
  if (best === undefined) return undefined;
  if (family === "route-target") {
    return paths.find((path) => path.feasible && path.source !== peer && mayGo(path, family, policy));
  }
  return best.source !== peer && mayGo(best, family, policy) ? best : undefined;
}

/** All paths that go to a peer of a policy with add-path, best first. */
export function exportedPaths({ paths, family }: Destination, policy: ExportPolicy, peer: PathSource): readonly Path[] {
  return paths.filter((path) => path.feasible && path.source !== peer && mayGo(path, family, policy));
}

/** Why a path does not go to peers of a policy. */
export type Refusal =
  | "its next hop is an IPv6 address, which the peer does not take (RFC 8950)"
  | "it is of an internal peer, and nothing is reflected here (RFC 4456 section 6)"
  | "it has been to a provider or a peer already (RFC 9234 section 5)"
  | "its community is NO_ADVERTISE (RFC 1997)"
  | "it is long-lived stale, which the peer does not know (RFC 9494 section 4.3)"
  | "its community is NO_EXPORT or NO_EXPORT_SUBCONFED (RFC 1997)";

/** Why a path may not go to peers of a policy; undefined where it may. */
export function refusal(path: Path, family: FamilyName, policy: ExportPolicy): Refusal | undefined {
  const { source, attributes } = path;
  if (typeof path.nextHop === "bigint" && !takesNextHop(path, family, policy))
    return "its next hop is an IPv6 address, which the peer does not take (RFC 8950)";
  if (source.kind === "internal-peer" && !policy.external && !mayBeReflected(source, policy))
    return "it is of an internal peer, and nothing is reflected here (RFC 4456 section 6)";
  return forbiddenBy(attributes, family, policy);
}

function mayGo(path: Path, family: FamilyName, policy: ExportPolicy): boolean {
  return refusal(path, family, policy) === undefined;
}

function takesNextHop(path: Path, family: FamilyName, policy: ExportPolicy): boolean {
  if (typeof outgoingNextHop(path, family, policy) === "number") return true;
  return (family !== "inet" && family !== "inet-vpn") || policy.extendedNextHop.includes(family);
}

/** What clients say goes to every internal peer, what the others say to clients (RFC 4456 section 6). */
function mayBeReflected(source: PathSource, { clusterId, client }: ExportPolicy): boolean {
  return clusterId !== undefined && (client || source.client === true);
}

/** Why attributes alone forbid that a route goes to peers of a policy: roles and communities. */
export function forbiddenBy(
  attributes: PathAttributes,
  family: FamilyName,
  policy: Pick<ExportPolicy, "external" | "longLived" | "role" | "localAs">,
): Refusal | undefined {
  const { communities, onlyToCustomer } = attributes;
  const { external, longLived, role, localAs } = policy;
  if (external && role !== undefined && hasRoles(family)) {
    if (onlyToCustomerSent(role, localAs, onlyToCustomer).kind === "leak")
      return "it has been to a provider or a peer already (RFC 9234 section 5)";
  }
  if (communities.length === 0) return undefined;
  if (communities.includes(NO_ADVERTISE)) return "its community is NO_ADVERTISE (RFC 1997)";
  if (communities.includes(LLGR_STALE) && !longLived.includes(family))
    return "it is long-lived stale, which the peer does not know (RFC 9494 section 4.3)";
  if (external && (communities.includes(NO_EXPORT) || communities.includes(NO_EXPORT_SUBCONFED)))
    return "its community is NO_EXPORT or NO_EXPORT_SUBCONFED (RFC 1997)";
  return undefined;
}

/** What routes of a path are bucketed by: equal objects leave with equal attributes. */
export function bucketOf(path: Path, policy: ExportPolicy): PathAttributes {
  const reflects = !policy.external && path.source.kind === "internal-peer" && policy.clusterId !== undefined;
  return reflects ? reflected(path, policy.clusterId) : path.attributes;
}

/**
 * Attributes of a bucket as they leave: an external peer gets our AS in front, no local preference, transitive
 * communities only.
 */
export function outgoingAttributes(
  attributes: PathAttributes,
  family: FamilyName,
  policy: ExportPolicy,
): PathAttributes {
  if (!policy.external) return { ...attributes, localPreference: attributes.localPreference ?? 100 };
  const { localPreference: _local, originatorId: _originator, ...rest } = attributes;
  return {
    ...rest,
    asPath: outgoingAsPath(attributes.asPath, policy),
    med: undefined,
    clusterList: [],
    extendedCommunities: attributes.extendedCommunities.filter(isTransitive),
    onlyToCustomer: onlyToCustomerFor(attributes, family, policy),
  };
}

function onlyToCustomerFor(
  { onlyToCustomer }: PathAttributes,
  family: FamilyName,
  { role, localAs }: ExportPolicy,
): number | undefined {
  if (role === undefined || !hasRoles(family)) return onlyToCustomer;
  const sent = onlyToCustomerSent(role, localAs, onlyToCustomer);
  return sent.kind === "pass" ? sent.onlyToCustomer : onlyToCustomer;
}

/**
 * The next hop as it leaves. VPN routes keep theirs, also towards external peers: packets go to the router that gave the
 * label (RFC 4364 section 10 c); anything else an external peer is to send here (RFC 4271 section 5.1.3).
 */
export function outgoingNextHop(path: Path, family: FamilyName, policy: ExportPolicy): IpAddress {
  return policy.external && !isVpnFamily(family) ? policy.localAddress : path.nextHop;
}

/** Why a peer has no route to a destination. */
export type ExportRefusal =
  | Refusal
  | "no path may be chosen"
  | "the peer has said it itself"
  | "the peer asks for none of its route targets (RFC 4684)";

/** What a peer asks for of the VPN families (RFC 4684 section 3.1); undefined for one that gets everything. */
export type Asked = Pick<Membership, "wants"> | undefined;

/** Why a peer of a policy shall have no route to the destination; undefined where it shall. */
export function exportRefusal(
  destination: Destination,
  policy: ExportPolicy,
  peer: PathSource,
  asked: Asked,
): ExportRefusal | undefined {
  if (isExported(destination, policy, peer, asked)) return undefined;
  const { best, family, paths } = destination;
  if (best === undefined) return "no path may be chosen";
  const path = family === "route-target" ? (paths.find(({ source }) => source !== peer) ?? best) : best;
  if (path.source === peer) return "the peer has said it itself";
  return refusal(path, family, policy) ?? "the peer asks for none of its route targets (RFC 4684)";
}

/** True where a peer of a policy shall have a route to the destination. */
export function isExported(destination: Destination, policy: ExportPolicy, peer: PathSource, asked?: Asked): boolean {
  const path = exportedPath(destination, policy, peer);
  if (path === undefined) return false;
  return asked === undefined || !isVpnFamily(destination.family) || asked.wants(targetsOf(path));
}
