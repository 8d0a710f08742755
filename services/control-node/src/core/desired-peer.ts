import type { FamilyName } from "@contrail/bgp";

/** One BGP peer as it should be. A change of any field resets the session. */
export interface DesiredPeer {
  /** Unique among the peers: the fq_name of the bgp-router, or any other stable name. */
  readonly name: string;
  /** Dotted address of the peer: where to connect to, and whom to accept. Unique among the peers. */
  readonly address: string;
  readonly port: number;
  readonly localAs: number;
  readonly peerAs: number;
  /** Families to offer; those that the peer offers too are used. */
  readonly families: readonly FamilyName[];
  /** Offered hold time, 0 or 3000 and more; the lower of both sides counts. Default 90000. */
  readonly holdTimeMs?: number | undefined;
  /** Never connect, only accept. Default false. */
  readonly passive?: boolean | undefined;
  /** Administratively down: the session is ceased and stays so. Default false. */
  readonly adminDown?: boolean | undefined;
}
