import {
  type AsPathSegment,
  type BgpRole,
  type FamilyName,
  type Origin,
  onlyToCustomerReceived,
  type PathAttributes,
} from "@contrail/bgp";
import type { PathSource } from "./path.ts";

/** What is looked at when a peer's route comes in. */
export interface ImportPolicy {
  /** Our AS numbers: that of the system, and that under which the peer knows us. */
  readonly ownAses: readonly number[];
  /** How often they may stand in a path before it is a loop, unless the family says otherwise. */
  readonly loopCount: number;
  readonly familyLoopCounts: Partial<Readonly<Record<FamilyName, number>>>;
  readonly peerAs: number;
  /** Our role to the peer (RFC 9234); undefined where none is configured. */
  readonly role: BgpRole | undefined;
  /** The ORIGIN that its routes get here, whatever it says; undefined: that which it says. */
  readonly origin: Origin | undefined;
}

/** Who we are, for loops of reflection (RFC 4456 section 8). */
export interface ReflectionIdentity {
  readonly routerId: number;
  /** Undefined where this node does not reflect. */
  readonly clusterId: number | undefined;
}

/** Why a route is kept and shown, and never chosen. */
export type Infeasibility =
  | "originator loop"
  | "cluster list loop"
  | "route leak (RFC 9234)"
  | "AS path loop"
  | "rejected by a routing policy of its instance";

/** Why a route is never chosen: it has been here already, or should not have come; undefined for one that may be. */
export function infeasibility(
  attributes: PathAttributes,
  family: FamilyName,
  source: PathSource,
  policy: ImportPolicy,
  { routerId, clusterId }: ReflectionIdentity,
): Infeasibility | undefined {
  if (attributes.originatorId === routerId) return "originator loop";
  if (clusterId !== undefined && attributes.clusterList.includes(clusterId)) return "cluster list loop";
  if (source.kind !== "external-peer" && source.kind !== "bgpaas") return undefined;
  if (isLeak(attributes, family, policy)) return "route leak (RFC 9234)";
  const allowed = policy.familyLoopCounts[family] ?? policy.loopCount;
  for (const autonomousSystem of policy.ownAses) {
    if (timesIn(attributes.asPath, autonomousSystem) > allowed) return "AS path loop";
  }
  return undefined;
}

/** The value that ONLY_TO_CUSTOMER gets on receipt (RFC 9234 section 5); its own where no role says otherwise. */
export function onlyToCustomerOf(
  { onlyToCustomer }: PathAttributes,
  family: FamilyName,
  { role, peerAs }: Pick<ImportPolicy, "role" | "peerAs">,
): number | undefined {
  if (role === undefined || !hasRoles(family)) return onlyToCustomer;
  const received = onlyToCustomerReceived(role, peerAs, onlyToCustomer);
  return received.kind === "pass" ? received.onlyToCustomer : onlyToCustomer;
}

/** Roles are about unicast routes alone (RFC 9234 section 5). */
export function hasRoles(family: FamilyName): boolean {
  return family === "inet" || family === "inet6";
}

function isLeak({ onlyToCustomer }: PathAttributes, family: FamilyName, { role, peerAs }: ImportPolicy): boolean {
  if (role === undefined || !hasRoles(family)) return false;
  return onlyToCustomerReceived(role, peerAs, onlyToCustomer).kind === "leak";
}

function timesIn(asPath: readonly AsPathSegment[], autonomousSystem: number): number {
  let times = 0;
  for (const { autonomousSystems } of asPath) {
    for (const each of autonomousSystems) if (each === autonomousSystem) times++;
  }
  return times;
}
