import type { IpPrefix } from "../ip-prefix.ts";
import type { TextPattern } from "./text-pattern.ts";

/** What an agent may say of how its route came to be. */
export type SubProtocol = "interface" | "interface-static" | "service-interface";

/** How a route came to be, as policies call it; a route of an agent is "xmpp" and one of the more exact kinds. */
export type RouteProtocol = "bgp" | "xmpp" | SubProtocol | "static" | "service-chain" | "aggregate" | "bgpaas";

/** What policies look at (OpenContrail's routing-policy): its terms in their order. */
export interface RoutingPolicy {
  readonly terms: readonly PolicyTerm[];
}

/** Where the match holds: the update is made, then the action taken. */
export interface PolicyTerm {
  readonly match: TermMatch;
  readonly update: TermUpdate;
  /** "accept" and "reject" end all policies of the instance. */
  readonly action: "accept" | "reject" | "next-term" | "next-policy";
}

/** Conditions that all have to hold; one that is not given holds. */
export interface TermMatch {
  /** One of these. */
  readonly protocols?: readonly RouteProtocol[] | undefined;
  /** One of these. */
  readonly prefixes?: readonly PrefixMatch[] | undefined;
  readonly communities?: ListMatch<number> | undefined;
  readonly extendedCommunities?: ListMatch<bigint> | undefined;
  /** One of these AS numbers stands in the path. */
  readonly asPath?: readonly number[] | undefined;
  readonly localPreference?: number | undefined;
  /** IPv4 or IPv6 routes alone. */
  readonly family?: "inet" | "inet6" | undefined;
}

/** Prefixes: this one, longer ones inside it, or both. */
export interface PrefixMatch {
  readonly prefix: IpPrefix;
  readonly kind: "exact" | "longer" | "orlonger";
}

/** Communities of a route, each given as a value or as an expression over its text. */
export interface ListMatch<Value> {
  readonly values: readonly Value[];
  readonly expressions: readonly TextPattern[];
  /** All of them have to be there, and not one. */
  readonly all: boolean;
}

/** What a term changes. */
export interface TermUpdate {
  readonly localPreference?: number | undefined;
  readonly med?: number | undefined;
  /** AS numbers that go in front of the path, in this order. */
  readonly asPath?: readonly number[] | undefined;
  readonly communities?: ListUpdate<number> | undefined;
  readonly extendedCommunities?: ListUpdate<bigint> | undefined;
}

/** Changes of a list, in this order. */
export interface ListUpdate<Value> {
  readonly set?: readonly Value[] | undefined;
  readonly remove: readonly Value[];
  readonly add: readonly Value[];
}
