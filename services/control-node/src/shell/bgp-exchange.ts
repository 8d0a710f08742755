import { encodeEndOfRib, type FamilyName, type Update } from "@contrail/bgp";
import type { Clock, Timer } from "@contrail/clock";
import type { Logger } from "@contrail/observability";
import {
  type ExportPolicy,
  encodeDestinations,
  isExported,
  type PathSource,
  policyKey,
  type VpnDestination,
} from "@contrail/rib";
import type { BgpSession, BgpSessionHandler, SessionDown } from "./bgp/session-port.ts";
import type { RibDriver, RibListener } from "./rib-driver.ts";

/** One peer with a session: its place in an update group, and what it has missed while its output was full. */
interface Member {
  readonly session: BgpSession;
  readonly source: PathSource;
  readonly policy: ExportPolicy;
  /** Destinations whose change it has not been sent; undefined: it is in step with its group. */
  missed: Set<VpnDestination> | undefined;
  /** What it has been sent and not withdrawn again. */
  readonly advertised: Set<VpnDestination>;
}

/** Destinations encoded at a time for a peer that catches up. */
const CATCH_UP = 2_000;

/** Carries routes between BGP sessions and the tables. */
export class BgpExchange implements BgpSessionHandler, RibListener {
  readonly #driver: RibDriver;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #members = new Map<BgpSession, Member>();
  readonly #sources = new Map<string, PathSource>();
  readonly #restartTimers = new Map<PathSource, Timer>();
  readonly #awaitingEndOfRib = new Set<BgpSession>();
  #synchronized = false;

  constructor(driver: RibDriver, clock: Clock, logger: Logger) {
    this.#driver = driver;
    this.#clock = clock;
    this.#logger = logger;
    driver.addListener(this);
  }

  /** The configuration is complete: End-of-RIB may be sent. */
  synchronized(): void {
    this.#synchronized = true;
    for (const session of this.#awaitingEndOfRib) this.#sendEndOfRib(session);
    this.#awaitingEndOfRib.clear();
  }

  established(session: BgpSession): void {
    const source = this.#sourceOf(session);
    const { external, fourOctetAs, maxMessageBytes } = session.parameters;
    const policy = { external, fourOctetAs, maxMessageBytes, localAs: session.peer.localAs };
    const member: Member = {
      session,
      source,
      policy,
      missed: new Set(this.#driver.rib.vpn.all()),
      advertised: new Set(),
    };
    this.#members.set(session, member);
    if (session.parameters.gracefulRestart === undefined) this.#driver.rib.sweep(source);
    this.#catchUp(member);
    if (this.#synchronized) this.#sendEndOfRib(session);
    else this.#awaitingEndOfRib.add(session);
    this.#logger.info("BGP session is up", { peer: session.peer.name, families: session.parameters.families });
  }

  update(session: BgpSession, update: Update): void {
    this.#driver.rib.update(this.#sourceOf(session), update, session.parameters.fourOctetAs);
    this.#driver.changed();
  }

  endOfRib(session: BgpSession, _family: FamilyName): void {
    const source = this.#sourceOf(session);
    this.#restartTimers.get(source)?.cancel();
    this.#restartTimers.delete(source);
    this.#driver.rib.sweep(source);
    this.#driver.changed();
  }

  routeRefresh(session: BgpSession, _family: FamilyName): void {
    const member = this.#members.get(session);
    if (member === undefined) return;
    member.missed = new Set(this.#driver.rib.vpn.all());
    this.#catchUp(member);
    this.#sendEndOfRib(session);
  }

  drained(session: BgpSession): void {
    const member = this.#members.get(session);
    if (member !== undefined) this.#catchUp(member);
  }

  down(session: BgpSession, { reason, gracefulRestart }: SessionDown): void {
    const source = this.#sourceOf(session);
    this.#members.delete(session);
    this.#awaitingEndOfRib.delete(session);
    this.#restartTimers.get(source)?.cancel();
    if (gracefulRestart === undefined) this.#driver.rib.removeSource(source);
    else {
      this.#driver.rib.markStale(source);
      this.#restartTimers.set(
        source,
        this.#clock.setTimer(gracefulRestart.restartTimeMs, () => {
          this.#driver.rib.sweep(source);
          this.#driver.changed();
        }),
      );
    }
    this.#driver.changed();
    this.#logger.warn("BGP session is down", { peer: session.peer.name, reason, kept: gracefulRestart !== undefined });
  }

  vpnChanged(destinations: ReadonlySet<VpnDestination>): void {
    const encoded = new Map<string, readonly Uint8Array[]>();
    for (const member of this.#members.values()) {
      if (member.missed !== undefined) {
        for (const destination of destinations) member.missed.add(destination);
        continue;
      }
      const news = this.#news(member, destinations);
      // Members of one group have the same news; external peers must not get their own routes back.
      const key = member.policy.external ? `peer ${member.source.name}` : policyKey(member.policy);
      const messages = encoded.get(key) ?? encodeDestinations(news, member.policy, skipOf(member));
      encoded.set(key, messages);
      for (const message of messages) if (!member.session.send(message)) member.missed ??= new Set();
    }
  }

  vrfsChanged(): void {}

  vpnPeers(): readonly { readonly name: string; readonly inStep: boolean; readonly missed: number }[] {
    return [...this.#members.values()].map(({ session, missed }) => ({
      name: session.peer.name,
      inStep: missed === undefined,
      missed: missed?.size ?? 0,
    }));
  }

  /** Sends what a peer has missed, as long as its output takes it; then it is in step again. */
  #catchUp(member: Member): void {
    const { missed } = member;
    while (missed !== undefined && missed.size > 0) {
      const part = [...missed.values().take(CATCH_UP)];
      for (const destination of part) missed.delete(destination);
      let open = true;
      for (const message of encodeDestinations(this.#news(member, part), member.policy, skipOf(member))) {
        open = member.session.send(message) && open;
      }
      if (!open) return;
    }
    member.missed = undefined;
  }

  /** Destinations that a peer has to hear of: it shall have a route, or has one that is gone. */
  #news(member: Member, destinations: Iterable<VpnDestination>): readonly VpnDestination[] {
    const news: VpnDestination[] = [];
    for (const destination of destinations) {
      if (isExported(destination, member.policy, skipOf(member))) {
        member.advertised.add(destination);
        news.push(destination);
      } else if (member.advertised.delete(destination)) news.push(destination);
    }
    return news;
  }

  #sendEndOfRib(session: BgpSession): void {
    for (const family of session.parameters.families) session.send(encodeEndOfRib(family));
  }

  #sourceOf(session: BgpSession): PathSource {
    const { name } = session.peer;
    const known = this.#sources.get(name);
    const kind = session.parameters.external ? "external-peer" : "internal-peer";
    if (known?.kind === kind && known.routerId === session.parameters.peerId) return known;
    if (known !== undefined) this.#driver.rib.removeSource(known);
    const made: PathSource = { kind, name, routerId: session.parameters.peerId };
    this.#sources.set(name, made);
    return made;
  }
}

function skipOf(member: Member): PathSource | undefined {
  return member.policy.external ? member.source : undefined;
}
