import {
  type FamilyName,
  type IpAddress,
  isTransitive,
  LLGR_STALE,
  NO_ADVERTISE,
  NO_EXPORT,
  NO_EXPORT_SUBCONFED,
  type PathAttributes,
  prependAs,
} from "@contrail/bgp";
import type { Membership } from "./membership.ts";
import { type Destination, isVpnFamily, type Path } from "./path.ts";
import { targetsOf } from "./path-table.ts";

/** What makes peers get the same bytes: peers of one policy are one update group. */
export interface ExportPolicy {
  readonly external: boolean;
  readonly localAs: number;
  /** Our own address: next hop of what an external peer gets, VPN routes apart. */
  readonly localAddress: number;
  readonly fourOctetAs: boolean;
  readonly maxMessageBytes: number;
  /** Families in which the peers know routes that are kept for long (RFC 9494); nobody else is told of these. */
  readonly longLived: readonly FamilyName[];
}

/** One key for equal policies. */
export function policyKey(policy: ExportPolicy): string {
  const { external, localAs, localAddress, fourOctetAs, maxMessageBytes, longLived } = policy;
  return `${external} ${localAs} ${localAddress} ${fourOctetAs} ${maxMessageBytes} ${longLived}`;
}

/**
 * The path that goes to peers of a policy; undefined where none does: what an internal peer has said does not go to
 * internal peers (RFC 4271 section 9.2), and some communities forbid it (RFC 1997, RFC 9494 section 4.3).
 */
export function exportedPath({ best, family }: Destination, policy: ExportPolicy): Path | undefined {
  if (best === undefined || (best.source.kind === "internal-peer" && !policy.external)) return undefined;
  return isForbidden(best.attributes, family, policy) ? undefined : best;
}

function isForbidden({ communities }: PathAttributes, family: FamilyName, policy: ExportPolicy): boolean {
  if (communities.length === 0) return false;
  const { external, longLived } = policy;
  if (communities.includes(NO_ADVERTISE)) return true;
  if (communities.includes(LLGR_STALE) && !longLived.includes(family)) return true;
  return external && (communities.includes(NO_EXPORT) || communities.includes(NO_EXPORT_SUBCONFED));
}

/** Attributes as they leave: an external peer gets our AS in front, no local preference, transitive communities only. */
export function outgoingAttributes(attributes: PathAttributes, policy: ExportPolicy): PathAttributes {
  if (!policy.external) return { ...attributes, localPreference: attributes.localPreference ?? 100 };
  const { localPreference: _local, originatorId: _originator, ...rest } = attributes;
  return {
    ...rest,
    asPath: prependAs(attributes.asPath, policy.localAs),
    med: undefined,
    clusterList: [],
    extendedCommunities: attributes.extendedCommunities.filter(isTransitive),
  };
}

/**
 * The next hop as it leaves. VPN routes keep theirs, also towards external peers: packets go to the router that gave the
 * label (RFC 4364 section 10 c); anything else an external peer is to send here (RFC 4271 section 5.1.3).
 */
export function outgoingNextHop(path: Path, { family }: Destination, policy: ExportPolicy): IpAddress {
  return policy.external && !isVpnFamily(family) ? policy.localAddress : path.nextHop;
}

/**
 * True where peers of a policy, but not the one that said it, shall have a route to the destination. membership: what
 * the peer asks for of the VPN families (RFC 4684 section 3.1); undefined for one that gets everything.
 */
export function isExported(
  destination: Destination,
  policy: ExportPolicy,
  peer: Path["source"],
  membership?: Pick<Membership, "wants">,
): boolean {
  const path = exportedPath(destination, policy);
  if (path === undefined || path.source === peer) return false;
  return membership === undefined || !isVpnFamily(destination.family) || membership.wants(targetsOf(path));
}
