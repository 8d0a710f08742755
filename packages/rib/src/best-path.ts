import { asPathLength, mobilityOf, neighbourAs, type PathAttributes } from "@contrail/bgp";
import type { VpnPath } from "./path.ts";

const DEFAULT_LOCAL_PREFERENCE = 100;
const SOURCE_RANK = { agent: 0, "external-peer": 1, "internal-peer": 2 } as const;

/**
 * Order of paths of one destination, best first (OpenContrail's order, which is RFC 4271 section 9.1.2.2 with mobility
 * in front): feasible, local preference, mobility sequence, AS path, origin, MED, source, router id.
 */
export function comparePaths(a: VpnPath, b: VpnPath): number {
  return (
    Number(b.feasible) - Number(a.feasible) ||
    compareAttributes(a.attributes, b.attributes) ||
    SOURCE_RANK[a.source.kind] - SOURCE_RANK[b.source.kind] ||
    routerId(a) - routerId(b) ||
    a.attributes.clusterList.length - b.attributes.clusterList.length ||
    (a.source.name < b.source.name ? -1 : Number(a.source.name > b.source.name))
  );
}

/** The part of the order that decides between destinations of one prefix: equal ones share the traffic. */
export function compareAttributes(a: PathAttributes, b: PathAttributes): number {
  return (
    (b.localPreference ?? DEFAULT_LOCAL_PREFERENCE) - (a.localPreference ?? DEFAULT_LOCAL_PREFERENCE) ||
    sequenceOf(b) - sequenceOf(a) ||
    asPathLength(a.asPath) - asPathLength(b.asPath) ||
    a.origin - b.origin ||
    compareMed(a, b)
  );
}

/** Mobility sequence: the higher is the newer place (RFC 7432 section 7.7); 0 where there is none. */
export function sequenceOf(attributes: PathAttributes): number {
  for (const community of attributes.extendedCommunities) {
    const mobility = mobilityOf(community);
    if (mobility !== undefined) return mobility.sequence;
  }
  return 0;
}

/** MED counts between paths of the same neighbouring AS only (RFC 4271 section 9.1.2.2 c). */
function compareMed(a: PathAttributes, b: PathAttributes): number {
  return neighbourAs(a.asPath) === neighbourAs(b.asPath) ? (a.med ?? 0) - (b.med ?? 0) : 0;
}

function routerId(path: VpnPath): number {
  return path.attributes.originatorId ?? path.source.routerId;
}
