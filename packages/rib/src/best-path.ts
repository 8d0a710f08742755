import { asPathLength, LLGR_STALE, mobilityOf, neighbourAs, type PathAttributes } from "@contrail/bgp";
import type { Path } from "./path.ts";

const DEFAULT_LOCAL_PREFERENCE = 100;
const SOURCE_RANK = { local: 0, agent: 0, "external-peer": 1, "internal-peer": 2 } as const;

/**
 * Order of paths of one destination, best first (OpenContrail's order, which is RFC 4271 section 9.1.2.2 with mobility
 * in front): feasible, our own, local preference, sticky, mobility sequence, not kept for long (RFC 9494 section 4.3), AS path,
 * origin, MED, source, router id, cluster list (RFC 4456 section 9).
 */
export function comparePaths(a: Path, b: Path): number {
  return (
    Number(b.feasible) - Number(a.feasible) ||
    Number(b.source.kind === "local") - Number(a.source.kind === "local") ||
    compareAttributes(a.attributes, b.attributes) ||
    SOURCE_RANK[a.source.kind] - SOURCE_RANK[b.source.kind] ||
    routerId(a) - routerId(b) ||
    a.attributes.clusterList.length - b.attributes.clusterList.length ||
    (a.source.name < b.source.name ? -1 : Number(a.source.name > b.source.name)) ||
    a.pathId - b.pathId
  );
}

/** The part of the order that decides between destinations of one prefix: equal ones share the traffic. */
export function compareAttributes(a: PathAttributes, b: PathAttributes): number {
  return (
    (b.localPreference ?? DEFAULT_LOCAL_PREFERENCE) - (a.localPreference ?? DEFAULT_LOCAL_PREFERENCE) ||
    Number(isSticky(b)) - Number(isSticky(a)) ||
    sequenceOf(b) - sequenceOf(a) ||
    Number(isLongLivedStale(a)) - Number(isLongLivedStale(b)) ||
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

/** True for a MAC address that does not move (RFC 7432 section 15.2). */
function isSticky({ extendedCommunities }: PathAttributes): boolean {
  return extendedCommunities.some((community) => mobilityOf(community)?.sticky === true);
}

/** True for a route of a router that has been away for longer than its restart time (RFC 9494 section 3.3). */
export function isLongLivedStale({ communities }: PathAttributes): boolean {
  return communities.includes(LLGR_STALE);
}

/** MED counts between paths of the same neighbouring AS only (RFC 4271 section 9.1.2.2 c). */
function compareMed(a: PathAttributes, b: PathAttributes): number {
  return neighbourAs(a.asPath) === neighbourAs(b.asPath) ? (a.med ?? 0) - (b.med ?? 0) : 0;
}

function routerId(path: Path): number {
  return path.attributes.originatorId ?? path.source.routerId;
}
