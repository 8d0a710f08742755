import type { FamilyName, RouteTargetRoute, Update } from "@contrail/bgp";
import type { Clock, Timer } from "@contrail/clock";
import type { Counter, Logger } from "@contrail/observability";
import { type Destination, isVpnFamily, type PathSource } from "@contrail/rib";
import { importPolicy } from "../core/peer-policies.ts";
import type { BgpSession, BgpSessionHandler, DesiredPeer, SessionDown } from "./bgp/session-port.ts";
import { BgpMember, type SharedMessages } from "./bgp-member.ts";
import { PeerRetention } from "./peer-retention.ts";
import type { RibDriver, RibListener } from "./rib-driver.ts";
import { untoldReport } from "./untold-report.ts";

export interface BgpExchangeOptions {
  readonly driver: RibDriver;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Our address: next hop of what is not a VPN route towards external peers. */
  readonly localAddress: number;
  /** Routes of a family that one peer may give; with one more its session ends (RFC 4271 section 6.7). */
  readonly maxRoutes: number;
  /** Longest that a peer that has come back may take to say everything. */
  readonly endOfRibWaitMs: number;
  /** A peer has sent all of its routes, or is one that never says so (it does not do graceful restart). */
  readonly onHeard: (peerName: string) => void;
  /** Counts routes that a peer was not told of, as their attributes do not fit into a message. */
  readonly untold: Counter;
}

/** A peer with a session: what it has given and been sent. */
export interface PeerOutput {
  readonly name: string;
  /** False while it is behind: its output was full, or it catches up. */
  readonly inStep: boolean;
  /** Destinations that it has not been told of. */
  readonly missed: number;
  /** Targets that it asks for (RFC 4684); undefined where it gets everything. */
  readonly memberships: number | undefined;
  /** Routes that it shall have and is not told of, as their attributes do not fit into a message. */
  readonly untold: number;
  /** Routes in its adj-rib-in and its adj-rib-out, by family. */
  readonly received: Partial<Readonly<Record<FamilyName, number>>>;
  readonly advertised: Partial<Readonly<Record<FamilyName, number>>>;
}

/** Whether a peer has, or is to have, a route to a destination. */
export interface PeerJudgement {
  readonly peer: string;
  readonly advertised: boolean;
  /** It has not been told the newest yet. */
  readonly waits: boolean;
  /** Why not. */
  readonly reason: string | undefined;
}

/** Longest that a peer may take to say which routes it asks for, RFC 4684 section 6: "60 seconds". */
const MEMBERSHIP_WAIT_MS = 60_000;

/** Part of a limit at which it is warned of. */
const WARN_AT = 0.75;

/** Carries routes between BGP sessions and the tables. */
export class BgpExchange implements BgpSessionHandler, RibListener {
  readonly #options: BgpExchangeOptions;
  readonly #driver: RibDriver;
  readonly #retention: PeerRetention;
  readonly #members = new Map<BgpSession, BgpMember>();
  readonly #sources = new Map<string, PathSource>();
  readonly #membershipTimers = new Map<BgpSession, Timer>();
  #configured = false;
  #synchronized = false;

  constructor(options: BgpExchangeOptions) {
    const { driver, clock, endOfRibWaitMs } = options;
    this.#options = options;
    this.#driver = driver;
    this.#retention = new PeerRetention(driver, clock, endOfRibWaitMs);
    driver.addListener(this);
  }

  /** The configuration is complete: our memberships are all there are, and End-of-RIB of theirs may be sent. */
  configComplete(): void {
    this.#configured = true;
    for (const member of this.#members.values()) this.#oweEndOfRib(member);
  }

  /** What this node knows is complete: End-of-RIB may be sent. */
  synchronized(): void {
    this.#synchronized = true;
    for (const member of this.#members.values()) this.#oweEndOfRib(member);
  }

  /** Nothing of it runs any more; after the speaker has been closed. */
  close(): void {
    this.#retention.close();
    for (const timer of this.#membershipTimers.values()) timer.cancel();
  }

  /**
   * Who the peers are now: those that are not configured any more are forgotten, also where they are away with their
   * routes kept; what has changed of the others holds from here on.
   */
  setPeers(peers: readonly DesiredPeer[]): void {
    const byName = new Map(peers.map((peer) => [peer.name, peer]));
    for (const [name, source] of this.#sources) {
      if (byName.has(name)) continue;
      this.#sources.delete(name);
      this.#retention.forget(source);
    }
    this.#driver.rib.setCluster(peers.find(({ clusterId }) => clusterId !== undefined)?.clusterId);
    let moved = false;
    for (const [name, source] of this.#sources) {
      const peer = byName.get(name);
      if (peer !== undefined) moved = this.#configure(source, peer) || moved;
    }
    for (const [session, member] of this.#members) {
      if (!member.reconfigured() && moved) member.sayAll();
      this.#checkLimits(session, member.source, session.parameters.families);
    }
    this.#driver.changed();
  }

  established(session: BgpSession): void {
    const source = this.#sourceOf(session);
    const { rib } = this.#driver;
    const { localAddress, logger, untold } = this.#options;
    const onUntold = untoldReport(logger, untold, source.name);
    const member = new BgpMember(session, source, { rib, localAddress, onUntold });
    this.#members.set(session, member);
    if (session.parameters.addPathSend.length > 0) rib.followAllPaths();
    this.#retention.back(source, session.parameters);
    if (!member.hasMoreToSay) this.#options.onHeard(session.peer.name);
    member.catchUp();
    if (!member.hasAsked) this.#awaitMemberships(session, member);
    this.#oweEndOfRib(member);
    this.#options.logger.info("BGP session is up", {
      peer: session.peer.name,
      families: session.parameters.families,
    });
  }

  update(session: BgpSession, update: Update): void {
    const source = this.#sourceOf(session);
    const { rib } = this.#driver;
    rib.update(source, update, session.parameters.fourOctetAs);
    this.#driver.changed();
    this.#checkLimits(
      session,
      source,
      update.reach.map(({ family }) => family),
    );
  }

  endOfRib(session: BgpSession, family: FamilyName): void {
    this.#retention.endOfRib(this.#sourceOf(session), family);
    const member = this.#members.get(session);
    member?.heardEnd(family);
    // What it asked for may still have to be worked off; the ends of the VPN families go behind it.
    if (family === "route-target" && member !== undefined) this.#driver.whenIdle(() => this.#oweEndOfRib(member));
    if (member?.hasMoreToSay === false) this.#options.onHeard(session.peer.name);
  }

  routeRefresh(session: BgpSession, family: FamilyName): void {
    this.#members.get(session)?.refresh(family);
  }

  refreshMark(session: BgpSession, family: FamilyName, mark: "begin" | "end"): void {
    const source = this.#sourceOf(session);
    if (mark === "begin") this.#retention.refreshBegins(source, family);
    else this.#retention.refreshEnds(source, family);
  }

  familyDisabled(session: BgpSession, family: FamilyName): void {
    const source = this.#sourceOf(session);
    this.#driver.rib.removeSource(source, [family]);
    this.#driver.changed();
    // Nothing more is said of it, so nothing is waited for.
    this.endOfRib(session, family);
  }

  drained(session: BgpSession): void {
    this.#members.get(session)?.drained();
  }

  down(session: BgpSession, { reason, gracefulRestart }: SessionDown): void {
    const source = this.#sourceOf(session);
    this.#members.delete(session);
    this.#membershipTimers.get(session)?.cancel();
    this.#membershipTimers.delete(session);
    this.#retention.down(source, gracefulRestart);
    const kept = gracefulRestart !== undefined;
    this.#options.logger.warn("BGP session is down", { peer: session.peer.name, reason, kept });
  }

  routesChanged(destinations: ReadonlySet<Destination>, touched: ReadonlySet<Destination>): void {
    const shared: SharedMessages = new Map();
    for (const member of this.#members.values()) member.changed(destinations, touched, shared);
  }

  membershipsChanged(changed: ReadonlyMap<PathSource, readonly RouteTargetRoute[]>): void {
    for (const member of this.#members.values()) {
      const memberships = changed.get(member.source);
      if (memberships !== undefined) member.asks(memberships);
    }
  }

  vrfsChanged(): void {}

  /** What each peer with a session has given and been sent, for introspect. */
  outputs(): readonly PeerOutput[] {
    return [...this.#members.values()].map((member) => ({
      name: member.session.peer.name,
      inStep: member.missed === undefined,
      missed: member.missed ?? 0,
      memberships: member.asked,
      untold: member.untold,
      received: Object.fromEntries(
        member.session.parameters.families.map((family) => [
          family,
          this.#driver.rib.routeCount(member.source, family),
        ]),
      ),
      advertised: member.advertised(),
    }));
  }

  /** What of a destination goes to each peer with a session, for introspect. */
  judge(destination: Destination): readonly PeerJudgement[] {
    return [...this.#members.values()].map((member) => {
      const reason = member.why(destination);
      const peer = member.session.peer.name;
      return { peer, advertised: reason === undefined, waits: member.waits(destination), reason };
    });
  }

  /** Takes over what is configured of a peer's routes; true where other peers have to be told of it. */
  #configure(source: PathSource, peer: DesiredPeer): boolean {
    this.#driver.rib.setImportPolicy(source, importPolicy(peer, this.#driver.rib.autonomousSystem));
    const moved = (source.client ?? false) !== (peer.client ?? false);
    source.client = peer.client;
    return moved;
  }

  /** A warning at three quarters of a family's limit; with one route more than the limit the session ends. */
  #checkLimits(session: BgpSession, source: PathSource, families: readonly FamilyName[]): void {
    for (const family of families) {
      const own = session.peer.prefixLimits?.[family];
      const limit = Math.min(own?.maximum ?? Number.POSITIVE_INFINITY, this.#options.maxRoutes);
      const count = this.#driver.rib.routeCount(source, family);
      const fields = { peer: source.name, family, count, limit };
      if (count > limit) {
        this.#options.logger.error("BGP peer gives too many routes", fields);
        session.stop("more routes than the limit", "route-limit", own?.holdDownMs);
        return;
      }
      const warns = this.#members.get(session)?.nearLimit(family, count > limit * WARN_AT);
      if (warns === true) this.#options.logger.warn("BGP peer comes near its limit of routes", fields);
    }
  }

  /** End-of-RIB goes to a peer for what is complete here, and, of what it has to ask for, when it has asked. */
  #oweEndOfRib(member: BgpMember): void {
    if (this.#configured) member.oweEndOfRib("route-target");
    if (!this.#synchronized) return;
    for (const family of member.session.parameters.families) {
      if (family !== "route-target" && (member.hasAsked || !isVpnFamily(family))) member.oweEndOfRib(family);
    }
  }

  /** A peer that does not end its memberships is not waited for without end (RFC 4684 section 6). */
  #awaitMemberships(session: BgpSession, member: BgpMember): void {
    const timer = this.#options.clock.setTimer(MEMBERSHIP_WAIT_MS, () => {
      this.#membershipTimers.delete(session);
      member.heardEnd("route-target");
      this.#oweEndOfRib(member);
    });
    this.#membershipTimers.set(session, timer);
  }

  #sourceOf(session: BgpSession): PathSource {
    const { name } = session.peer;
    const known = this.#sources.get(name);
    const kind = session.parameters.external ? "external-peer" : "internal-peer";
    if (known?.kind === kind && known.routerId === session.parameters.peerId) return known;
    if (known !== undefined) this.#retention.forget(known);
    const made: PathSource = { kind, name, routerId: session.parameters.peerId };
    this.#sources.set(name, made);
    this.#configure(made, session.peer);
    return made;
  }
}
