import { encodeRouteRefresh, type FamilyName, familyCode } from "@contrail/bgp";
import {
  type ExportPolicy,
  encodeDestinations,
  isExported,
  type PathSource,
  policyKey,
  type VpnDestination,
} from "@contrail/rib";
import type { BgpSession } from "./bgp/session-port.ts";

/** Destinations encoded at a time for a peer that catches up. */
const CATCH_UP = 2_000;

/** The messages of one change, by update group, with the destinations that they tell of. */
export type SharedMessages = Map<
  string,
  { readonly news: readonly VpnDestination[]; readonly messages: readonly Uint8Array[] }
>;

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
  readonly #policy: ExportPolicy;
  readonly #group: string;
  /** External peers must not get their own routes back. */
  readonly #skip: PathSource | undefined;
  #missed: Set<VpnDestination> | undefined;
  /** What it has been sent and not withdrawn again. */
  readonly #advertised = new Set<VpnDestination>();
  /** Messages that go once it is in step. */
  readonly #owed: Uint8Array[] = [];
  /** Families that are being sent again, and those that were asked for once more meanwhile. */
  readonly #refreshing = new Set<FamilyName>();
  readonly #again = new Map<FamilyName, () => Iterable<VpnDestination>>();

  /** It starts behind, with everything missed; see catchUp(). */
  constructor(session: BgpSession, source: PathSource, all: Iterable<VpnDestination>) {
    const { external, fourOctetAs, maxMessageBytes } = session.parameters;
    this.session = session;
    this.source = source;
    this.#policy = { external, fourOctetAs, maxMessageBytes, localAs: session.peer.localAs };
    this.#group = external ? `peer ${source.name}` : policyKey(this.#policy);
    this.#skip = external ? source : undefined;
    this.#missed = new Set(all);
  }

  /** Destinations that it has not been told of; undefined while it is in step. */
  get missed(): number | undefined {
    return this.#missed?.size;
  }

  /** Tells it what changed, in messages shared with the members that have the same to hear. */
  changed(destinations: ReadonlySet<VpnDestination>, shared: SharedMessages): void {
    if (this.#missed !== undefined) {
      for (const destination of destinations) this.#missed.add(destination);
      return;
    }
    const news = this.#news(destinations);
    if (news.length === 0) return;
    let entry = shared.get(this.#group);
    if (entry === undefined || !sameItems(entry.news, news)) {
      entry = { news, messages: encodeDestinations(news, this.#policy, this.#skip) };
      shared.set(this.#group, entry);
    }
    for (const message of entry.messages) this.#send(message);
  }

  /**
   * Sends all of a family again, whether or not it changed, between two marks where the peer knows them (RFC 7313).
   * Asked again meanwhile, once more when it is done: requests of a peer that does not read pile up nothing.
   */
  refresh(family: FamilyName, all: () => Iterable<VpnDestination>): void {
    if (this.#refreshing.has(family)) {
      this.#again.set(family, all);
      return;
    }
    this.#refreshing.add(family);
    this.#mark(family, "begin");
    // Added to what it has missed already: among that are withdrawals of destinations that are in no table any more.
    this.#missed ??= new Set();
    for (const destination of all()) this.#missed.add(destination);
    this.catchUp();
  }

  /** Sends these when it is in step: markers that say "all of it". */
  owe(messages: Iterable<Uint8Array>): void {
    this.#owed.push(...messages);
    if (this.#missed === undefined) this.#settle();
  }

  /**
   * Sends what it has missed, as long as its output takes it; then it is in step. Goes on by itself in the next turns of
   * the event loop where that is much: keepalives and agents are served in between.
   */
  catchUp(): void {
    const missed = this.#missed;
    if (missed === undefined) return;
    const part = [...missed.values().take(CATCH_UP)];
    for (const destination of part) missed.delete(destination);
    let open = true;
    for (const message of encodeDestinations(this.#news(part), this.#policy, this.#skip)) {
      open = this.session.send(message) && open;
    }
    if (!open) return;
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
    for (const [family, all] of again) this.refresh(family, all);
  }

  #mark(family: FamilyName, subtype: "begin" | "end"): void {
    if (this.session.parameters.enhancedRouteRefresh) {
      this.#send(encodeRouteRefresh({ ...familyCode(family), subtype }));
    }
  }

  #send(message: Uint8Array): void {
    if (!this.session.send(message)) this.#missed ??= new Set();
  }

  /** Destinations that a peer has to hear of: it shall have a route, or has one that is gone. */
  #news(destinations: Iterable<VpnDestination>): readonly VpnDestination[] {
    const news: VpnDestination[] = [];
    for (const destination of destinations) {
      if (isExported(destination, this.#policy, this.#skip)) {
        this.#advertised.add(destination);
        news.push(destination);
      } else if (this.#advertised.delete(destination)) news.push(destination);
    }
    return news;
  }
}

function sameItems<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.length === b.length && a.every((item, index) => item === b[index]);
}
