import type { FamilyName } from "@contrail/bgp";

/** What a gateway runs, by the text that it is configured with. */
export type GatewayKind = "frr" | "junos";

/** Everything of the configuration that concerns one gateway, checked and in a stable order. */
export interface Gateway {
  /** fq_name of its bgp-router, for comments. */
  readonly name: string;
  /** What its physical-router says that it is; undefined where it does not say. */
  readonly kind: GatewayKind | undefined;
  readonly autonomousSystem: number;
  /** Dotted: of its BGP sessions. */
  readonly address: string;
  /** Dotted BGP identifier. */
  readonly routerId: string;
  /** Dotted: where its tunnels end. */
  readonly tunnelAddress: string;
  /** Control nodes, by address. */
  readonly neighbours: readonly Neighbour[];
  /** By number. */
  readonly networks: readonly ExtendedNetwork[];
  /** Prefixes that hold the vRouters' tunnel end points, ascending. */
  readonly underlay: readonly string[];
  /** Encapsulations of all vRouters, the preferred one first. */
  readonly encapsulations: readonly string[];
  /** What an operator should know beside the text. */
  readonly notes: readonly string[];
}

/** The session with one control node, seen from the gateway. */
export interface Neighbour {
  /** fq_name of its bgp-router, for comments. */
  readonly name: string;
  /** Dotted. */
  readonly address: string;
  readonly port: number;
  /** Own and peer's AS; the session is internal where they are one. */
  readonly localAs: number;
  readonly peerAs: number;
  readonly families: readonly FamilyName[];
  /** 3 and more; undefined: the router's own default. */
  readonly holdTimeSeconds: number | undefined;
  readonly passive: boolean;
  /** TCP-MD5 (RFC 2385), as the control node has it; undefined where none is configured. */
  readonly key: string | undefined;
  /** How far the control node lets segments come from (RFC 5082); undefined: from anywhere. */
  readonly ttlSecurityHops: number | undefined;
}

/** A virtual network that reaches to the gateway. */
export interface ExtendedNetwork {
  /** fq_name joined by ':'. */
  readonly name: string;
  /** virtual_network_network_id, which no two networks share. */
  readonly number: number;
  /** Undefined where it has none. */
  readonly vni: number | undefined;
  readonly routeDistinguisher: string;
  /** Of its default routing instance, each as "64512:8000001" or "10.1.1.1:5", ascending. */
  readonly importTargets: readonly string[];
  readonly exportTargets: readonly string[];
  /** Its subnets, ascending; IPv4 before IPv6. */
  readonly prefixes: readonly string[];
  /** The physical-router or a logical-router names it; otherwise it is here because it is public. */
  readonly isNamed: boolean;
  /** The outside reaches it through the gateway's main table (router_external). */
  readonly isPublic: boolean;
}
