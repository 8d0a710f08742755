import { encodeEndOfRib, type FamilyName, type Update } from "@contrail/bgp";
import type { Clock, Timer } from "@contrail/clock";
import type { Logger } from "@contrail/observability";
import type { PathSource, VpnDestination } from "@contrail/rib";
import type { BgpSession, BgpSessionHandler, SessionDown } from "./bgp/session-port.ts";
import { BgpMember, type SharedMessages } from "./bgp-member.ts";
import type { RibDriver, RibListener } from "./rib-driver.ts";

export interface BgpExchangeOptions {
  readonly driver: RibDriver;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Routes that one peer may give; with one more its session ends (RFC 4271 section 6.7). */
  readonly maxRoutes: number;
  /** A peer has sent all of its routes, or is one that never says so (it does not do graceful restart). */
  readonly onHeard: (peerName: string) => void;
}

/** Carries routes between BGP sessions and the tables. */
export class BgpExchange implements BgpSessionHandler, RibListener {
  readonly #options: BgpExchangeOptions;
  readonly #driver: RibDriver;
  readonly #members = new Map<BgpSession, BgpMember>();
  readonly #sources = new Map<string, PathSource>();
  readonly #restartTimers = new Map<PathSource, Timer>();
  #synchronized = false;

  constructor(options: BgpExchangeOptions) {
    this.#options = options;
    this.#driver = options.driver;
    options.driver.addListener(this);
  }

  /** What this node knows is complete: End-of-RIB may be sent. */
  synchronized(): void {
    this.#synchronized = true;
    for (const member of this.#members.values()) this.#oweEndOfRib(member);
  }

  /** Nothing of it runs any more; after the speaker has been closed. */
  close(): void {
    for (const timer of this.#restartTimers.values()) timer.cancel();
  }

  /** Forgets peers that are not configured any more, also those that are away with their routes kept. */
  keepPeers(names: ReadonlySet<string>): void {
    for (const [name, source] of this.#sources) {
      if (names.has(name)) continue;
      this.#sources.delete(name);
      this.#stopRestartTimer(source);
      this.#driver.rib.removeSource(source);
      this.#driver.changed();
    }
  }

  established(session: BgpSession): void {
    const source = this.#sourceOf(session);
    const member = new BgpMember(session, source, this.#driver.rib.vpn.all());
    this.#members.set(session, member);
    const { gracefulRestart, families } = session.parameters;
    if (
      !gracefulRestart?.families.some(({ family, forwardingPreserved }) => family === "inet-vpn" && forwardingPreserved)
    ) {
      // RFC 4724 section 4.2: it has not kept its forwarding state, so what is stale is wrong.
      this.#driver.rib.sweep(source);
      this.#driver.changed();
    }
    if (gracefulRestart === undefined) this.#options.onHeard(session.peer.name);
    member.catchUp();
    if (this.#synchronized) this.#oweEndOfRib(member);
    this.#options.logger.info("BGP session is up", { peer: session.peer.name, families });
  }

  update(session: BgpSession, update: Update): void {
    const source = this.#sourceOf(session);
    this.#driver.rib.update(source, update, session.parameters.fourOctetAs);
    this.#driver.changed();
    if (this.#driver.rib.routeCount(source) <= this.#options.maxRoutes) return;
    this.#options.logger.error("BGP peer gives too many routes", { peer: source.name, limit: this.#options.maxRoutes });
    session.stop("more routes than the limit", "route-limit");
  }

  endOfRib(session: BgpSession, _family: FamilyName): void {
    const source = this.#sourceOf(session);
    this.#stopRestartTimer(source);
    this.#driver.rib.sweep(source);
    this.#driver.changed();
    this.#options.onHeard(session.peer.name);
  }

  routeRefresh(session: BgpSession, family: FamilyName): void {
    this.#members.get(session)?.refresh(family, () => (family === "inet-vpn" ? this.#driver.rib.vpn.all() : []));
  }

  drained(session: BgpSession): void {
    this.#members.get(session)?.catchUp();
  }

  down(session: BgpSession, { reason, gracefulRestart }: SessionDown): void {
    const source = this.#sourceOf(session);
    this.#members.delete(session);
    this.#stopRestartTimer(source);
    if (gracefulRestart === undefined) this.#driver.rib.removeSource(source);
    else {
      this.#driver.rib.markStale(source);
      this.#restartTimers.set(
        source,
        this.#options.clock.setTimer(gracefulRestart.restartTimeMs, () => {
          this.#restartTimers.delete(source);
          this.#driver.rib.sweep(source);
          this.#driver.changed();
        }),
      );
    }
    this.#driver.changed();
    const kept = gracefulRestart !== undefined;
    this.#options.logger.warn("BGP session is down", { peer: session.peer.name, reason, kept });
  }

  vpnChanged(destinations: ReadonlySet<VpnDestination>): void {
    const shared: SharedMessages = new Map();
    for (const member of this.#members.values()) member.changed(destinations, shared);
  }

  vrfsChanged(): void {}

  vpnPeers(): readonly { readonly name: string; readonly inStep: boolean; readonly missed: number }[] {
    return [...this.#members.values()].map(({ session, missed }) => ({
      name: session.peer.name,
      inStep: missed === undefined,
      missed: missed ?? 0,
    }));
  }

  #oweEndOfRib(member: BgpMember): void {
    member.owe(member.session.parameters.families.map(encodeEndOfRib));
  }

  #stopRestartTimer(source: PathSource): void {
    this.#restartTimers.get(source)?.cancel();
    this.#restartTimers.delete(source);
  }

  #sourceOf(session: BgpSession): PathSource {
    const { name } = session.peer;
    const known = this.#sources.get(name);
    const kind = session.parameters.external ? "external-peer" : "internal-peer";
    if (known?.kind === kind && known.routerId === session.parameters.peerId) return known;
    if (known !== undefined) {
      this.#stopRestartTimer(known);
      this.#driver.rib.removeSource(known);
    }
    const made: PathSource = { kind, name, routerId: session.parameters.peerId };
    this.#sources.set(name, made);
    return made;
  }
}
