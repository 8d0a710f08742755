import {
  asPathLength,
  E_TREE,
  eTreeOf,
  extendedCommunityKind,
  LLGR_STALE,
  MOBILITY,
  mobilityOf,
  neighbourAs,
  type PathAttributes,
} from "@contrail/bgp";
import type { Path } from "./path.ts";

const DEFAULT_LOCAL_PREFERENCE = 100;
const SOURCE_RANK = {
  local: 0,
  agent: 0,
  "service-chain": 1,
  static: 2,
  aggregate: 3,
  bgpaas: 4,
  "external-peer": 5,
  "internal-peer": 6,
} as const;

/** What decides between two paths of a destination, in the order in which it is asked; the number is its place. */
const RULES = [
  "feasible",
  "originated here",
  "higher local preference",
  "no leaf of an E-Tree (RFC 8317)",
  "sticky MAC address (RFC 7432 section 15.2)",
  "higher mobility sequence (RFC 7432 section 7.7)",
  "not long-lived stale (RFC 9494 section 4.3)",
  "shorter AS path",
  "lower origin",
  "lower MED of the same neighbouring AS",
  "shorter AS path of service chains",
  "agent over chain over static over aggregate over inner over external over internal peer",
  "lower BGP identifier of the originator",
  "shorter cluster list (RFC 4456 section 9)",
  "name of the source",
  "lower path identifier",
] as const;

/** The name of a rule by which one path stands before another. */
export type BestPathRule = (typeof RULES)[number];

/**
 * Order of paths of one destination, best first (OpenContrail's order, which is RFC 4271 section 9.1.2.2 with mobility
 * in front). Negative where a is better; the amount is the place of the rule that decided: see decidingRule.
 */
export function comparePaths(a: Path, b: Path): number {
  return (
    by(1, Number(b.feasible) - Number(a.feasible)) ||
    by(2, Number(b.source.kind === "local") - Number(a.source.kind === "local")) ||
    compareAttributes(a.attributes, b.attributes) ||
    by(11, asPathLength(a.attributes.asPath) - asPathLength(b.attributes.asPath)) ||
    by(12, SOURCE_RANK[a.source.kind] - SOURCE_RANK[b.source.kind]) ||
    by(13, routerId(a) - routerId(b)) ||
    by(14, a.attributes.clusterList.length - b.attributes.clusterList.length) ||
    by(15, a.source.name < b.source.name ? -1 : Number(a.source.name > b.source.name)) ||
    by(16, a.pathId - b.pathId)
  );
}

/** The part of the order that decides between destinations of one prefix: equal ones share the traffic. */
export function compareAttributes(a: PathAttributes, b: PathAttributes): number {
  // Interned: equal ones are mostly the same object.
  if (a === b) return 0;
  return (
    by(3, (b.localPreference ?? DEFAULT_LOCAL_PREFERENCE) - (a.localPreference ?? DEFAULT_LOCAL_PREFERENCE)) ||
    compareMarks(marksOf(a), marksOf(b)) ||
    by(7, Number(isLongLivedStale(a)) - Number(isLongLivedStale(b))) ||
    by(8, compareAsPaths(a, b)) ||
    by(9, a.origin - b.origin) ||
    by(10, compareMed(a, b))
  );
}

/** What extended communities say that decides. */
interface Marks {
  readonly leaf: boolean;
  /** A MAC address that does not move (RFC 7432 section 15.2). */
  readonly sticky: boolean;
  /** Mobility sequence: the higher is the newer place (RFC 7432 section 7.7); 0 where there is none. */
  readonly sequence: number;
}

function compareMarks(a: Marks, b: Marks): number {
  return (
    by(4, Number(a.leaf) - Number(b.leaf)) ||
    by(5, Number(b.sticky) - Number(a.sticky)) ||
    by(6, b.sequence - a.sequence)
  );
}

/** Of mobility communities the first has the sequence. */
function marksOf({ extendedCommunities }: PathAttributes): Marks {
  let [leaf, sticky] = [false, false];
  let sequence: number | undefined;
  for (const community of extendedCommunities) {
    const kind = extendedCommunityKind(community);
    if (kind === E_TREE) leaf ||= eTreeOf(community)?.flag === true;
    else if (kind === MOBILITY) {
      const mobility = mobilityOf(community);
      sticky ||= mobility?.sticky === true;
      sequence ??= mobility?.sequence;
    }
  }
  return { leaf, sticky, sequence: sequence ?? 0 };
}

/** Not between routes of service chains: these share the traffic whatever they have come through (OpenContrail). */
function compareAsPaths(a: PathAttributes, b: PathAttributes): number {
  if (a.originVnPath !== undefined && b.originVnPath !== undefined) return 0;
  return asPathLength(a.asPath) - asPathLength(b.asPath);
}

/** Why one stands before the other, by what an order above gave for the two; undefined where they are equal. */
export function decidingRule(compared: number): BestPathRule | undefined {
  return RULES[Math.abs(compared) - 1];
}

/** The place of a rule with the sign of a difference; 0 where there is none. */
function by(rule: number, difference: number): number {
  return difference === 0 ? 0 : difference < 0 ? -rule : rule;
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
