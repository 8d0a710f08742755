import type { BgpRole } from "../attributes/only-to-customer.ts";
import type { FamilyName } from "../family.ts";

/** What the peer said in its graceful restart capability (RFC 4724 section 3, RFC 8538 section 2). */
export interface PeerGracefulRestart {
  /** Longest that the peer expects to be away. */
  readonly restartTimeMs: number;
  /** The peer has just restarted: its routing waits for our End-of-RIB. */
  readonly restarting: boolean;
  /** The peer understands that a notification, hard reset apart, is a restart too (N bit). */
  readonly notifications: boolean;
  readonly families: readonly { readonly family: FamilyName; readonly forwardingPreserved: boolean }[];
}

/** What the peer said of one family in its long-lived graceful restart capability (RFC 9494 section 3.1). */
export interface PeerLongLivedRestart {
  readonly family: FamilyName;
  readonly forwardingPreserved: boolean;
  /** How long its routes may stay after the restart time. */
  readonly staleTimeMs: number;
}

/** What both ends of an established session agreed on. */
export interface SessionParameters {
  readonly external: boolean;
  readonly peerAs: number;
  /** BGP identifier of the peer. */
  readonly peerId: number;
  /** Address families of both sides, in the order of FAMILIES. */
  readonly families: readonly FamilyName[];
  /** AS numbers take four octets in AS_PATH and AGGREGATOR (RFC 6793); to be handed to the UPDATE encoder. */
  readonly fourOctetAs: boolean;
  /** Longest message that may be sent: 4096, or 65535 with RFC 8654. */
  readonly maxMessageBytes: number;
  /** 0: no keepalives and no hold timer. */
  readonly holdTimeMs: number;
  readonly routeRefresh: boolean;
  /** Beginning and end of a refresh are marked (RFC 7313). */
  readonly enhancedRouteRefresh: boolean;
  /** Undefined where either side does without; with restartTimeMs 0 for the sake of longLived alone. */
  readonly gracefulRestart: PeerGracefulRestart | undefined;
  /** Empty where either side does without. */
  readonly longLived: readonly PeerLongLivedRestart[];
  /** Families whose routes come, and have to go, behind path identifiers (RFC 7911 section 5). */
  readonly addPathReceive: readonly FamilyName[];
  readonly addPathSend: readonly FamilyName[];
  /** IPv4 families whose next hop may be an IPv6 address (RFC 8950). */
  readonly extendedNextHop: readonly FamilyName[];
  /** Our role to the peer, for ONLY_TO_CUSTOMER; undefined where none is configured. */
  readonly role: BgpRole | undefined;
}
