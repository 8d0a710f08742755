import type { IpAddress } from "@contrail/bgp";
import type { IpPrefix } from "../ip-prefix.ts";
import type { RoutingPolicy } from "../policy/routing-policy.ts";

/** What an instance has beside its targets: routes that the control node makes in it, and policies. */
export interface InstanceFeatures {
  readonly staticRoutes: readonly StaticRoute[];
  readonly aggregates: readonly AggregateRoute[];
  /** At most one of each IP version. */
  readonly chains: readonly ServiceChain[];
  /** In their sequence. */
  readonly policies: readonly RoutingPolicy[];
}

/** A prefix that is reached where an address of the instance is. */
export interface StaticRoute {
  readonly prefix: IpPrefix;
  /** Of the prefix's version. */
  readonly nextHop: IpAddress;
  /** Targets beside those of the instance: others import the route by them. */
  readonly routeTargets: readonly bigint[];
  readonly communities: readonly number[];
}

/** A prefix that is there, at an address of the instance, as long as more specific routes are. */
export interface AggregateRoute {
  readonly prefix: IpPrefix;
  /** Of the prefix's version. */
  readonly nextHop: IpAddress;
}

/** The routes of another instance are told in this one, by way of a service (ServiceChainInfo). */
export interface ServiceChain {
  /** The instance whose routes are told: that of the network behind the service. */
  readonly destination: string;
  /** The instance in which the service's address is connected; this one itself for a transparent service. */
  readonly connected: string;
  /** The service's address; several machines may have it. */
  readonly address: IpAddress;
  /** Aggregates: each is told as long as a route inside it is. */
  readonly prefixes: readonly IpPrefix[];
  /** Chains of one name are there together or not at all: a packet passes all of their services. */
  readonly group: string;
  /** Routes keep their AS path through the service. */
  readonly retainAsPath: boolean;
}

/** An instance that has none of it. */
export const NO_FEATURES: InstanceFeatures = { staticRoutes: [], aggregates: [], chains: [], policies: [] };

/** True where an instance has nothing but targets. */
export function isPlain({ staticRoutes, aggregates, chains, policies }: InstanceFeatures): boolean {
  return staticRoutes.length + aggregates.length + chains.length + policies.length === 0;
}

/** True where nothing of the features differs. */
export function sameFeatures(a: Partial<InstanceFeatures>, b: Partial<InstanceFeatures>): boolean {
  return a === b || textOf(a) === textOf(b);
}

/** An expression is its text: two of one text match the same. */
function textOf(features: Partial<InstanceFeatures>): string {
  return JSON.stringify(features, (_key, part: unknown) => (typeof part === "bigint" ? `${part}n` : part));
}
