import {
  encodeAttributes,
  encodeReach,
  encodeUnreach,
  type InetVpnRoute,
  isTransitive,
  type PathAttributes,
  prependAs,
} from "@contrail/bgp";
import type { VpnDestination, VpnPath } from "./path.ts";

/** What makes peers get the same bytes: peers of one policy are one update group. */
export interface ExportPolicy {
  readonly external: boolean;
  readonly localAs: number;
  /** Our own address: the next hop towards external peers is left as it is for VPN routes (option B is not done). */
  readonly fourOctetAs: boolean;
  readonly maxMessageBytes: number;
}

/** One key for equal policies. */
export function policyKey(policy: ExportPolicy): string {
  return `${policy.external} ${policy.localAs} ${policy.fourOctetAs} ${policy.maxMessageBytes}`;
}

/** A path that may go to peers of a policy; undefined where it may not (RFC 4271 section 9.2: no iBGP to iBGP). */
function exported(destination: VpnDestination, policy: ExportPolicy): VpnPath | undefined {
  const { best } = destination;
  if (best === undefined || (best.source.kind === "internal-peer" && !policy.external)) return undefined;
  return best;
}

/** True where peers of a policy have, or shall have, a route to the destination. */
export function isExported(destination: VpnDestination, policy: ExportPolicy, skip?: VpnPath["source"]): boolean {
  const path = exported(destination, policy);
  return path !== undefined && path.source !== skip;
}

/**
 * Messages that bring peers of a policy from whatever they have to the present state of these destinations: withdrawals
 * first, then announcements bucketed by attributes and next hop. skip: routes of this source are not sent back to it.
 */
export function encodeDestinations(
  destinations: Iterable<VpnDestination>,
  policy: ExportPolicy,
  skip?: VpnPath["source"],
): readonly Uint8Array[] {
  const gone: InetVpnRoute[] = [];
  const buckets = new Map<PathAttributes, Map<number, InetVpnRoute[]>>();
  for (const destination of destinations) {
    const path = exported(destination, policy);
    const { rdHigh, rdLow, address, length } = destination;
    if (path === undefined || path.source === skip) {
      gone.push({ rdHigh, rdLow, address, length, label: 0 });
      continue;
    }
    const byNextHop = buckets.get(path.attributes) ?? new Map<number, InetVpnRoute[]>();
    buckets.set(path.attributes, byNextHop);
    const routes = byNextHop.get(path.nextHop) ?? [];
    byNextHop.set(path.nextHop, routes);
    routes.push({ rdHigh, rdLow, address, length, label: path.label });
  }
  const messages =
    gone.length === 0 ? [] : [...encodeUnreach({ family: "inet-vpn", routes: gone }, policy.maxMessageBytes)];
  for (const [attributes, byNextHop] of buckets) {
    const bytes = encodeAttributes(outgoing(attributes, policy), policy);
    for (const [nextHop, routes] of byNextHop) {
      const encoded = encodeReach({ family: "inet-vpn", routes, nextHop }, bytes, policy.maxMessageBytes);
      if (encoded.kind === "encoded") messages.push(...encoded.messages);
      else messages.push(...encodeUnreach({ family: "inet-vpn", routes }, policy.maxMessageBytes));
    }
  }
  return messages;
}

/** Attributes as they leave: an external peer gets our AS in front, no local preference, transitive communities only. */
function outgoing(attributes: PathAttributes, policy: ExportPolicy): PathAttributes {
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
