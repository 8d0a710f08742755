import type { BgpRole, FamilyName, IpAddress, Origin } from "@contrail/bgp";
import type { PrivateAsAction } from "@contrail/rib";

/** How many routes of a family a peer may give, and how long it is held down once it has given more; 0: a back-off. */
export interface PrefixLimit {
  readonly maximum: number;
  readonly holdDownMs: number;
}

/** Families that routers of tenants speak. */
export type InnerFamily = "inet" | "inet6";

/** Where a router of a tenant is: inside a routing instance, its connections passed on by hosts. */
export interface InnerPeering {
  /** fq_name of the routing instance, joined by ':'. */
  readonly instance: string;
  /** The port from which its connections come, which no other such router has. */
  readonly sourcePort: number;
  /** Dotted addresses of the hosts from which they may come. */
  readonly hosts: readonly string[];
  /** Next hop of what it is told of a family: its gateway, of the family's version. Undefined: it is told nothing. */
  readonly gateways: Readonly<Record<InnerFamily, IpAddress | undefined>>;
}

/** One BGP peer as it should be. What the OPEN speaks of resets the session when it changes; nothing else does. */
export interface DesiredPeer {
  /** Unique among the peers: the fq_name of the bgp-router, or any other stable name. */
  readonly name: string;
  /**
   * Dotted address of the peer: where to connect to, and whom to accept. Unique among the peers of the underlay. That of a
   * router of a tenant is inside its instance (see `inner`), may be anybody's outside, and is only shown.
   */
  readonly address: string;
  readonly port: number;
  readonly localAs: number;
  readonly peerAs: number;
  /** Families to offer; those that the peer offers too are used. */
  readonly families: readonly FamilyName[];
  /** Offered hold time, 0 or 3000 and more; the lower of both sides counts. Default 90000. From the next session on. */
  readonly holdTimeMs?: number | undefined;
  /** Never connect, only accept. Default false. */
  readonly passive?: boolean | undefined;
  /** Administratively down: the session is ceased and stays so. Default false. */
  readonly adminDown?: boolean | undefined;
  /** What we are to the peer (RFC 9234), external peers only; strict: a peer that does not say its role is refused. */
  readonly role?: BgpRole | undefined;
  readonly strictRole?: boolean | undefined;
  /** How often our AS may stand in a path of the peer. Default 0. */
  readonly loopCount?: number | undefined;
  readonly familyLoopCounts?: Partial<Readonly<Record<FamilyName, number>>> | undefined;
  readonly prefixLimits?: Partial<Readonly<Record<FamilyName, PrefixLimit>>> | undefined;
  /** See AsPathPolicy. */
  readonly asOverride?: boolean | undefined;
  readonly privateAs?: PrivateAsAction | undefined;
  /** The ORIGIN that its routes get here, whatever it says. Default "as-said". */
  readonly routeOrigin?: Origin | "as-said" | undefined;
  /** The cluster that this node reflects for, and whether the peer is one of its clients. Default: no reflection. */
  readonly clusterId?: number | undefined;
  readonly client?: boolean | undefined;
  /** How long the peer shall keep our routes while we are away (RFC 4724), and after that (RFC 9494); 0: not at all. */
  readonly gracefulRestartMs?: number | undefined;
  readonly longLivedStaleMs?: number | undefined;
  /** Segments are signed with it (RFC 2385), 1 to 80 octets; a secret: in no page and no log. Default: not signed. */
  readonly md5Key?: string | undefined;
  /** Farthest that the peer may be, in hops (RFC 5082), 1 to 254; 1 for one on the same link. Default: anywhere. */
  readonly ttlSecurityHops?: number | undefined;
  /** Code point of what is sent to it (RFC 2474), 0 to 63. Default 0. */
  readonly dscp?: number | undefined;
  /** A gateway: several paths a route are offered (RFC 7911), and IPv6 next hops of IPv4 routes (RFC 8950). */
  readonly gateway?: boolean | undefined;
  /** Of a router of a tenant, which is known by this and not by its address, and only accepted. */
  readonly inner?: InnerPeering | undefined;
}
