import type { FamilyName, Inet6VpnRoute, IpAddress, PathAttributes, RouteOf } from "@contrail/bgp";
import type { IpPrefix } from "./ip-prefix.ts";

/**
 * Where a path comes from. One object for each agent and each BGP peer, those inside instances ("bgpaas") included, and for each kind of routes that the control node
 * makes in an instance; identity counts.
 */
export interface PathSource {
  readonly kind:
    | "agent"
    | "local"
    | "service-chain"
    | "static"
    | "aggregate"
    | "bgpaas"
    | "internal-peer"
    | "external-peer";
  /** Agent or peer name, for people. */
  readonly name: string;
  /** BGP identifier of the peer, or address of the agent: breaks ties. */
  readonly routerId: number;
  /** An internal peer that this node reflects for (RFC 4456); may change while the peer is known. */
  client?: boolean | undefined;
}

/** Families whose tables are keyed by octets; inet-vpn, by far the largest, has numbers instead. */
export type KeyedFamily = Exclude<FamilyName, "inet-vpn">;

/** Families with route distinguishers and route targets: their routes are imported into routing instances. */
export const VPN_FAMILIES = ["inet-vpn", "inet6-vpn", "e-vpn"] as const;

/** True for a family whose routes are sent to those alone that ask for their targets (RFC 4684). */
export function isVpnFamily(family: FamilyName): family is (typeof VPN_FAMILIES)[number] {
  return family === "inet-vpn" || family === "inet6-vpn" || family === "e-vpn";
}

/** One path to a destination. Attributes are interned: equal attributes are the same object. */
export interface Path {
  readonly source: PathSource;
  readonly attributes: PathAttributes;
  readonly nextHop: IpAddress;
  /** Label of a labelled family, or VNI of e-vpn; 0 where the family has none. */
  readonly label: number;
  /** The route as it was said, labels included; undefined in inet-vpn, where destination and label say it all. */
  readonly route: RouteOf<KeyedFamily> | undefined;
  /** The peer's name for it among its paths to the destination (RFC 7911 section 3); 0 from one that sends one path. */
  readonly pathId: number;
  /** Our name for it among the destination's paths, for peers that take several; given by the table, from 1. */
  id: number;
  /** Routing instance that it was published, or made, in; undefined for a path of a BGP peer. */
  readonly instance: string | undefined;
  /** False: kept, shown, and never chosen (AS loop, originator loop). */
  readonly feasible: boolean;
  /** The source is away; the path goes unless it comes again (RFC 4724 section 4.2). */
  stale: boolean;
}

/** What all routes of one part of an UPDATE have in common. */
export type Said = Pick<Path, "source" | "nextHop" | "attributes" | "feasible">;

/**
 * A path that a BGP peer has said to a VPN-IPv4 destination. Written out, of which there are a million: what is spread
 * into an object is kept outside of it by V8, for 64 octets more.
 */
export function learntVpnPath({ source, attributes, nextHop, feasible }: Said, label: number, pathId: number): Path {
  return {
    source,
    attributes,
    nextHop,
    label,
    route: undefined,
    pathId,
    id: 0,
    instance: undefined,
    feasible,
    stale: false,
  };
}

interface Decided {
  /** Small, and given again when the destination is gone: see LargeSet. */
  readonly number: number;
  /** Best first. */
  paths: Path[];
  /** What is imported and advertised now; kept until the destination has been looked at again. */
  best: Path | undefined;
}

/** A VPN destination: route distinguisher and prefix, with all of its paths. */
export interface VpnDestination extends Decided {
  readonly family: "inet-vpn";
  readonly rdHigh: number;
  readonly rdLow: number;
  readonly address: number;
  readonly length: number;
}

/** A destination of any other family. */
export interface KeyedDestination extends Decided {
  readonly family: KeyedFamily;
  /** See routeIdentity. */
  readonly key: string;
  /** A route of that identity, of the destination's family: what a withdrawal names. */
  readonly route: RouteOf<KeyedFamily>;
}

/** A destination of any family. */
export type Destination = VpnDestination | KeyedDestination;

/** The prefix of a destination inside an instance, of either version; undefined for one that is no IP route there. */
export function prefixOf(destination: Destination): IpPrefix | undefined {
  if (destination.family === "inet-vpn") return destination;
  // A route of that family.
  return destination.family === "inet6-vpn" ? (destination.route as Inet6VpnRoute) : undefined;
}

/** The key of a prefix in a table: address and length as one number. */
export function prefixKey(address: number, length: number): number {
  return address * 64 + length;
}

/** The address of a prefix key. */
export function keyAddress(key: number): number {
  return Math.floor(key / 64);
}

/** The length of a prefix key. */
export function keyLength(key: number): number {
  return key % 64;
}
