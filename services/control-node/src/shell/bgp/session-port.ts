import type { Capability, FamilyName, Retention, SessionParameters, Update } from "@contrail/bgp";
import type { DesiredPeer } from "../../core/desired-peer.ts";
import type { CountsByType } from "./message-counts.ts";

export type { DesiredPeer };

/** How an established session ended. */
export interface SessionDown {
  /** Constant text for logs: "hold timer expired", "connection closed by the peer", "notification received" … */
  readonly reason: string;
  /** Families whose routes may be kept as stale, and for how long; undefined: remove all of the peer's routes now. */
  readonly gracefulRestart: Retention | undefined;
}

/** Why a session is ended here: Cease subcodes 4 and 1. */
export type StopCause = "reset" | "route-limit";

/** An established session, as the RIB sees it. A new object for each time that the session comes up. */
export interface BgpSession {
  /** As it is configured now: what needs no new session may have changed since this one came up. */
  readonly peer: DesiredPeer;
  readonly parameters: SessionParameters;
  /**
   * Queues whole BGP messages; the bytes may be shared between sessions and must not change afterwards. False: the
   * output holds more than 4 MB; everything given is still sent, but wait for `drained` before giving more. On a
   * session that is down it does nothing and returns false.
   */
  send(bytes: Uint8Array): boolean;
  /** Stops reading from the peer until `resume`: the RIB has too much to do. Hold timers do not run out because of it. */
  pause(): void;
  resume(): void;
  /**
   * Ends the session with Cease (RFC 4486); `down` follows at once. The peer starts again after a back-off, or after
   * `restartMs`. With "route-limit" it is told so, and its routes are not kept.
   */
  stop(reason: string, cause?: StopCause, restartMs?: number): void;
}

/** What the RIB side does with sessions. Calls come one at a time, never from inside `send`, and must not throw. */
export interface BgpSessionHandler {
  /** First call for a session. Routes and End-of-RIB may be sent at once. */
  established(session: BgpSession): void;
  /** A validated UPDATE. One that RFC 7606 treats as withdraw comes with its routes in `unreach`. */
  update(session: BgpSession, update: Update): void;
  endOfRib(session: BgpSession, family: FamilyName): void;
  /**
   * The peer asks for all routes of a family again (RFC 2918). Where the session has enhancedRouteRefresh, the answer
   * stands between encodeRouteRefresh with "begin" and with "end" (RFC 7313).
   */
  routeRefresh(session: BgpSession, family: FamilyName): void;
  /** The peer sends all routes of a family again: what has not come between the two marks is gone (RFC 7313). */
  refreshMark(session: BgpSession, family: FamilyName, mark: "begin" | "end"): void;
  /** Routes of a family could not be read: they all go, and nothing of it comes until the session ends. */
  familyDisabled(session: BgpSession, family: FamilyName): void;
  /** The output that made `send` return false has gone. */
  drained(session: BgpSession): void;
  /** Last call for a session. */
  down(session: BgpSession, down: SessionDown): void;
}

/** The state of one peer, for introspect; the names of the states are those of RFC 4271 section 8.2.2. */
export interface PeerStatus {
  readonly name: string;
  readonly address: string;
  readonly peerAs: number;
  readonly state: "idle" | "connect" | "active" | "open-sent" | "open-confirm" | "established";
  /** Of the established session; 0 otherwise. */
  readonly establishedForMs: number;
  readonly establishedCount: number;
  /** While a session is up, why the one before it ended; else why it, or an attempt since, failed. "" where none did. */
  readonly lastDownReason: string;
  /** What the peer's operator wrote when it last shut the session down (RFC 9003): any text; "" where nothing. */
  readonly shutdownText: string;
  readonly messagesReceived: CountsByType;
  readonly messagesSent: CountsByType;
  readonly updatesReceived: number;
  readonly treatedAsWithdraw: number;
  readonly attributesDiscarded: number;
  /** Families of the session that are given up until it ends. */
  readonly disabledFamilies: readonly FamilyName[];
  /** Bytes that wait for the peer. */
  readonly outputBytes: number;
  /** What each side of the session has said that it can do (RFC 5492). */
  readonly capabilities: SessionCapabilities | undefined;
  /** What that came to. */
  readonly parameters: SessionParameters | undefined;
}

/** The capabilities of the two OPENs. */
export interface SessionCapabilities {
  readonly local: readonly Capability[] | undefined;
  readonly peer: readonly Capability[] | undefined;
}

/** All BGP sessions of a control node. */
export interface BgpSpeaker {
  /** Makes the peers what the list says; sessions whose peer did not change stay up. */
  setPeers(peers: readonly DesiredPeer[]): void;
  status(): readonly PeerStatus[];
  /** Connections that were refused because no peer has their address. */
  readonly refusedConnections: number;
  /** Ceases all sessions and closes the listener. */
  close(): Promise<void>;
}
