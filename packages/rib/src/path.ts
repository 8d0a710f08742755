import type { PathAttributes } from "@contrail/bgp";

/** Where a path comes from. One object for each agent and each BGP peer; identity counts. */
export interface PathSource {
  readonly kind: "agent" | "internal-peer" | "external-peer";
  /** Agent or peer name, for people. */
  readonly name: string;
  /** BGP identifier of the peer, or address of the agent: breaks ties. */
  readonly routerId: number;
}

/** One path to a VPN destination. Attributes are interned: equal attributes are the same object. */
export interface VpnPath {
  readonly source: PathSource;
  readonly attributes: PathAttributes;
  readonly nextHop: number;
  readonly label: number;
  /** Routing instance that the agent published it in; undefined for a path of a BGP peer. */
  readonly instance: string | undefined;
  /** False: kept, shown, and never chosen (AS loop, originator loop). */
  readonly feasible: boolean;
  /** The source is away; the path goes unless it comes again (RFC 4724 section 4.2). */
  stale: boolean;
}

/** A VPN destination: route distinguisher and prefix, with all of its paths. */
export interface VpnDestination {
  readonly rdHigh: number;
  readonly rdLow: number;
  readonly address: number;
  readonly length: number;
  /** Best first. */
  paths: VpnPath[];
  /** What is imported and advertised now; kept until the destination has been looked at again. */
  best: VpnPath | undefined;
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
