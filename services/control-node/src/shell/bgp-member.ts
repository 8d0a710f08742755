import { encodeEndOfRib, encodeRouteRefresh, type FamilyName, familyCode, type RouteTargetRoute } from "@contrail/bgp";
import {
  type Destination,
  type EncodedNews,
  type ExportPolicy,
  encodeNews,
  encodePaths,
  exportedPaths,
  exportRefusal,
  isExported,
  isShared,
  isVpnFamily,
  LargeSet,
  type News,
  type Path,
  type PathSource,
  policyKey,
  type Rib,
  targetsOf,
} from "@contrail/rib";
import { exportPolicy } from "../core/peer-policies.ts";
import type { BgpSession } from "./bgp/session-port.ts";
import { PathLedger } from "./path-ledger.ts";

/** Destinations encoded at a time for a peer that catches up. */
const CATCH_UP = 2_000;

/** The messages of one change, by update group, with the news that they tell. */
export type SharedMessages = Map<string, { readonly news: News; readonly encoded: EncodedNews }[]>;

/** What a member is given beside its session. */
export interface BgpMemberOptions {
  readonly rib: Rib;
  /** Next hop of what is not a VPN route towards external peers. */
  readonly localAddress: number;
  /** So many routes are not sent, as their attributes do not fit into a message. */
  readonly onUntold: (routes: number) => void;
}

/**
 * One peer with a session: its place in an update group, what it has been told, and what it has missed.
 *
 *   behind (missed: a set) ── everything missed was sent ──► in step (missed: undefined)
 *          ▲─────────────────────── output full ────────────────────┘
 *
 * Behind, only the names of changed destinations are kept, each once: a slow peer costs no messages.
 */
export class BgpMember {
  readonly session: BgpSession;
  readonly source: PathSource;
  readonly #rib: Rib;
  readonly #localAddress: number;
  readonly #onUntold: (routes: number) => void;
  #policy: ExportPolicy;
  #group: string;
  #missed: LargeSet<Destination> | undefined;
  /** Its output is full: whatever it asks for, nothing more goes until it has drained. */
  #full = false;
  /** What it has been sent and not withdrawn again: its adj-rib-out. */
  readonly #advertised = new Map<FamilyName, LargeSet<Destination>>();
  /** The same for the families of which it gets all paths. */
  readonly #ledger = new PathLedger();
  /** Destinations that it shall have and is not told of, as their attributes do not fit into a message. */
  readonly #untold = new LargeSet<Destination>();
  /** Messages that go once it is in step. */
  readonly #owed: Uint8Array[] = [];
  /** Families that are being sent again, and those that were asked for once more meanwhile. */
  readonly #refreshing = new Set<FamilyName>();
  readonly #again = new Set<FamilyName>();
  /** Families whose End-of-RIB it still has to send. */
  readonly #awaited: Set<FamilyName>;
  /** What it asks for of the VPN families; undefined for a peer that gets everything. */
  readonly #membership: ReturnType<Rib["membershipOf"]> | undefined;
  #hasAsked: boolean;
  /** Families whose End-of-RIB it has been sent, or is owed. */
  readonly #ended = new Set<FamilyName>();
  readonly #nearLimits = new Set<FamilyName>();

  /** It starts behind, with everything missed; see catchUp(). */
  constructor(session: BgpSession, source: PathSource, { rib, localAddress, onUntold }: BgpMemberOptions) {
    const { families, gracefulRestart } = session.parameters;
    this.session = session;
    this.source = source;
    this.#rib = rib;
    this.#localAddress = localAddress;
    this.#onUntold = onUntold;
    this.#policy = exportPolicy(session.peer, session.parameters, localAddress);
    this.#group = policyKey(this.#policy);
    this.#awaited = new Set(
      gracefulRestart === undefined ? [] : families.filter((family) => family !== "route-target"),
    );
    this.#membership = families.includes("route-target") ? rib.membershipOf(source) : undefined;
    // A peer without graceful restart need not end anything, and does nothing by our end either.
    this.#hasAsked = this.#membership === undefined || gracefulRestart === undefined;
    this.#missed = new LargeSet();
    for (const family of families) this.#advertised.set(family, new LargeSet());
    for (const family of families) for (const destination of rib.table(family).all()) this.#missed.add(destination);
  }

  /** Destinations that it has not been told of; undefined while it is in step. */
  get missed(): number | undefined {
    return this.#missed?.size;
  }

  /** Routes that it shall have and is not told of, as their attributes do not fit into a message. */
  get untold(): number {
    return this.#untold.size;
  }

  /** What it is sent may have been configured anew: where it has, it is told everything again. True where it has. */
  reconfigured(): boolean {
    const policy = exportPolicy(this.session.peer, this.session.parameters, this.#localAddress);
    if (policyKey(policy) === this.#group) return false;
    this.#policy = policy;
    this.#group = policyKey(policy);
    this.sayAll();
    return true;
  }

  /** Sends everything again: which paths may go has changed. */
  sayAll(): void {
    this.#missed ??= new LargeSet();
    this.#ledger.sayAgain();
    for (const advertised of this.#advertised.values())
      for (const destination of advertised) this.#missed.add(destination);
    for (const destination of this.#ledger.destinations()) this.#missed.add(destination);
    for (const family of this.session.parameters.families) {
      for (const destination of this.#rib.table(family).all()) this.#missed.add(destination);
    }
    this.catchUp();
  }

  /** Routes of each family of the session that it has been sent and not withdrawn again. */
  advertised(): Partial<Record<FamilyName, number>> {
    const counts: Partial<Record<FamilyName, number>> = {};
    for (const [family, { size }] of this.#advertised) counts[family] = size;
    for (const destination of this.#ledger.destinations()) {
      if (!this.#untold.has(destination)) counts[destination.family] = (counts[destination.family] ?? 0) + 1;
    }
    return counts;
  }

  /** Why it has no route to a destination; undefined where it has, or is sent one as soon as it reads. */
  why(destination: Destination): string | undefined {
    const { family } = destination;
    if (!this.session.parameters.families.includes(family)) return `${family} is no family of the session`;
    const paths = this.#takesPaths(destination) ? exportedPaths(destination, this.#policy, this.source) : [];
    if (this.#untold.has(destination))
      return `its attributes do not fit into a message of ${this.#policy.maxMessageBytes} octets`;
    if (paths.some((path) => this.#asksFor(destination, path))) return undefined;
    return exportRefusal(destination, this.#policy, this.source, this.#membership);
  }

  /** True while it has not been told the newest of a destination. */
  waits(destination: Destination): boolean {
    return this.#missed?.has(destination) === true;
  }

  /** True while an End-of-RIB of its is awaited, that of memberships apart: these say nothing about reachability. */
  get hasMoreToSay(): boolean {
    return this.#awaited.size > 0;
  }

  /** Notes whether it is near its limit of a family; true where that is news. */
  nearLimit(family: FamilyName, near: boolean): boolean {
    if (!near) this.#nearLimits.delete(family);
    if (!near || this.#nearLimits.has(family)) return false;
    this.#nearLimits.add(family);
    return true;
  }

  /** True where it has said all that it asks for, or need not ask. */
  get hasAsked(): boolean {
    return this.#hasAsked;
  }

  /** Targets that it asks for, counted; undefined for a peer that gets everything. */
  get asked(): number | undefined {
    return this.#membership?.size;
  }

  /** Its End-of-RIB of a family has come. */
  heardEnd(family: FamilyName): void {
    this.#awaited.delete(family);
    if (family === "route-target") this.#hasAsked = true;
  }

  /** It asks for other targets: sends what it shall have now and has not, and withdraws the reverse. */
  asks(memberships: readonly RouteTargetRoute[]): void {
    const { families } = this.session.parameters;
    for (const destination of this.#rib.askedBy(memberships)) {
      if (!families.includes(destination.family)) continue;
      if (!this.#takesPaths(destination) && this.#shallHave(destination) === this.#has(destination)) continue;
      this.#missed ??= new LargeSet();
      this.#missed.add(destination);
    }
    this.catchUp();
  }

  /** Tells it what changed, in messages shared with the members that have the same to hear. */
  changed(destinations: ReadonlySet<Destination>, touched: ReadonlySet<Destination>, shared: SharedMessages): void {
    const { families } = this.session.parameters;
    const ofPaths = this.#policy.addPath.length === 0 ? [] : [...touched].filter((each) => this.#takesPaths(each));
    if (this.#missed !== undefined) {
      for (const destination of destinations) {
        if (families.includes(destination.family)) this.#missed.add(destination);
      }
      for (const destination of ofPaths) this.#missed.add(destination);
      return;
    }
    if (this.#policy.addPath.length > 0) {
      this.#tellAll([...destinations, ...ofPaths]);
      return;
    }
    const news = this.#news(destinations);
    if (news.reach.length + news.gone.length === 0) return;
    if (!isShared(news)) {
      this.#tell(encodeNews(news, this.#policy, this.source));
      return;
    }
    let entries = shared.get(this.#group);
    if (entries === undefined) {
      entries = [];
      shared.set(this.#group, entries);
    }
    let entry = entries.find((candidate) => sameNews(candidate.news, news));
    if (entry === undefined) {
      entry = { news, encoded: encodeNews(news, this.#policy, this.source) };
      entries.push(entry);
    }
    this.#tell(entry.encoded);
  }

  /**
   * Sends all of a family again, whether or not it changed, between two marks where the peer knows them (RFC 7313).
   * Asked again meanwhile, once more when it is done: requests of a peer that does not read pile up nothing.
   */
  refresh(family: FamilyName): void {
    if (this.#refreshing.has(family)) {
      this.#again.add(family);
      return;
    }
    this.#refreshing.add(family);
    this.#mark(family, "begin");
    if (this.#policy.addPath.includes(family)) this.#ledger.sayAgain();
    // Added to what it has missed already: among that are withdrawals of destinations that are in no table any more.
    this.#missed ??= new LargeSet();
    for (const destination of this.#rib.table(family).all()) this.#missed.add(destination);
    this.catchUp();
  }

  /** Its output takes more. */
  drained(): void {
    this.#full = false;
    this.catchUp();
  }

  /** Sends End-of-RIB of a family of the session once, when it is in step. */
  oweEndOfRib(family: FamilyName): void {
    if (this.#ended.has(family) || !this.session.parameters.families.includes(family)) return;
    this.#ended.add(family);
    this.#owed.push(encodeEndOfRib(family));
    if (this.#missed === undefined) this.#settle();
  }

  /**
   * Sends what it has missed, as long as its output takes it; then it is in step. Goes on by itself in the next turns of
   * the event loop where that is much: keepalives and agents are served in between.
   */
  catchUp(): void {
    const missed = this.#missed;
    if (missed === undefined || this.#full) return;
    const part = [...missed.values().take(CATCH_UP)];
    for (const destination of part) missed.delete(destination);
    this.#tellAll(part);
    if (this.#full) return;
    if (missed.size > 0) setImmediate(() => this.catchUp());
    else {
      this.#missed = undefined;
      this.#settle();
    }
  }

  #settle(): void {
    for (const message of this.#owed.splice(0)) this.#send(message);
    const [done, again] = [[...this.#refreshing], [...this.#again]];
    this.#refreshing.clear();
    this.#again.clear();
    for (const family of done) this.#mark(family, "end");
    for (const family of again) this.refresh(family);
  }

  #mark(family: FamilyName, subtype: "begin" | "end"): void {
    if (this.session.parameters.enhancedRouteRefresh) {
      this.#send(encodeRouteRefresh({ ...familyCode(family), subtype }));
    }
  }

  #send(message: Uint8Array): void {
    if (this.session.send(message)) return;
    this.#full = true;
    this.#missed ??= new LargeSet();
  }

  #takesPaths({ family }: Destination): boolean {
    return this.#policy.addPath.includes(family);
  }

  /** Sends what it has to hear of these destinations; of the families with add-path, path by path. */
  #tellAll(destinations: readonly Destination[]): void {
    const plain =
      this.#policy.addPath.length === 0 ? destinations : destinations.filter((each) => !this.#takesPaths(each));
    this.#tell(encodeNews(this.#news(plain), this.#policy, this.source));
    if (plain.length === destinations.length) return;
    const ofPaths = destinations.filter((each) => this.#takesPaths(each));
    const news = ofPaths.flatMap((each) => {
      this.#untold.delete(each);
      return this.#ledger.news(each, this.#policy, this.source, (path) => this.#asksFor(each, path)) ?? [];
    });
    this.#tell(encodePaths(news, this.#policy));
  }

  /** Sends messages; what they do not tell it has been told is gone. */
  #tell({ messages, untold }: EncodedNews): void {
    for (const message of messages) this.#send(message);
    if (untold.length === 0) return;
    for (const destination of untold) {
      this.#untold.add(destination);
      this.#advertised.get(destination.family)?.delete(destination);
    }
    this.#onUntold(untold.length);
  }

  #asksFor({ family }: Destination, path: Path): boolean {
    return this.#membership === undefined || !isVpnFamily(family) || this.#membership.wants(targetsOf(path));
  }

  /** Destinations that a peer has to hear of: it shall have a route, or has one that is gone. */
  #news(destinations: Iterable<Destination>): News {
    const [reach, gone]: [Destination[], Destination[]] = [[], []];
    for (const destination of destinations) {
      const advertised = this.#advertised.get(destination.family);
      if (advertised === undefined) continue; // No family of the session.
      this.#untold.delete(destination);
      if (this.#shallHave(destination)) {
        advertised.add(destination);
        reach.push(destination);
      } else if (advertised.delete(destination)) gone.push(destination);
    }
    return { reach, gone };
  }

  #has(destination: Destination): boolean {
    return this.#advertised.get(destination.family)?.has(destination) === true;
  }

  #shallHave(destination: Destination): boolean {
    return isExported(destination, this.#policy, this.source, this.#membership);
  }
}

function sameNews(a: News, b: News): boolean {
  return sameItems(a.reach, b.reach) && sameItems(a.gone, b.gone);
}

function sameItems<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.length === b.length && a.every((item, index) => item === b[index]);
}
