import {
  encodeAttributes,
  encodeReach,
  encodeRouteRefresh,
  encodeUnreach,
  familyCode,
  type PathAttributes,
} from "@contrail/bgp";
import { type ExportPolicy, outgoingAttributes, type PathSource, policyKey, prefixKey, type Rib } from "@contrail/rib";
import { innerAttributes } from "../core/inner-routes.ts";
import { exportPolicy, importPolicy } from "../core/peer-policies.ts";
import type { BgpSession, DesiredPeer } from "./bgp/session-port.ts";

/** Routes encoded in one turn of the event loop. */
const AT_ONCE = 2_000;

type Inner = NonNullable<DesiredPeer["inner"]>;

/** What a member is given beside its session. */
export interface InnerMemberOptions {
  readonly rib: Rib;
  /** So many routes are not sent, as their attributes do not fit into a message. */
  readonly onUntold: (routes: number) => void;
}

/** One session with a router of a tenant: what it has said, and what it has been told and what not yet. */
export class InnerMember {
  readonly session: BgpSession;
  readonly source: PathSource;
  readonly #rib: Rib;
  #inner: Inner;
  #policy: ExportPolicy;
  /** Keys of the instance's routes that it has been told of, and of those that may be others now. */
  readonly #advertised = new Set<number>();
  readonly #missed = new Set<number>();
  /** Keys of those that it shall have and is not told of, as their attributes do not fit into a message. */
  readonly #untold = new Set<number>();
  readonly #onUntold: (routes: number) => void;
  #full = false;
  /** A turn of the event loop goes on with what is missed. */
  #scheduled = false;
  /** It is being told everything, and has to be once more then. */
  #sayingAll = false;
  #again = false;
  /** It has been told everything once: when that is repeated, it stands between marks. */
  #hasSaidAll = false;
  /** Keys of what it has said; of these, between the marks of a refresh, what it has not said again. */
  readonly received = new Set<number>();
  #stale: Set<number> | undefined;
  #hasSaidTooMuch = false;
  /** How its routes are looked at, as text. */
  #importKey = "";

  constructor(session: BgpSession, source: PathSource, inner: Inner, { rib, onUntold }: InnerMemberOptions) {
    this.session = session;
    this.source = source;
    this.#rib = rib;
    this.#onUntold = onUntold;
    this.#inner = inner;
    this.#policy = exportPolicy(session.peer, session.parameters, inner.gateway ?? 0);
    this.judge();
    this.sayAll();
  }

  /** Takes over how its routes are looked at. */
  judge(): void {
    const policy = importPolicy(this.session.peer, this.#rib.autonomousSystem);
    const key = JSON.stringify(policy);
    if (key === this.#importKey) return;
    this.#importKey = key;
    this.#rib.setImportPolicy(this.source, policy);
  }

  /** Routes that it has been told of, that are to be looked at again, and that do not fit into a message. */
  get counts(): { readonly advertised: number; readonly missed: number; readonly untold: number } {
    return { advertised: this.#advertised.size, missed: this.#missed.size, untold: this.#untold.size };
  }

  get instance(): string {
    return this.#inner.instance;
  }

  /** What it is sent may have been configured anew: where it has, it is told everything again. */
  reconfigured(): void {
    const { peer, parameters } = this.session;
    const before = this.#inner.gateway;
    this.#inner = peer.inner ?? this.#inner;
    const policy = exportPolicy(peer, parameters, this.#inner.gateway ?? 0);
    if (before === this.#inner.gateway && policyKey(policy) === policyKey(this.#policy)) return;
    this.#policy = policy;
    this.sayAll();
  }

  /**
   * Everything in the instance is to be told, or taken back, after the first time between two marks where the router knows
   * them (RFC 7313 section 4). Asked again meanwhile, once more when it is done: requests of a router pile up nothing.
   */
  sayAll(): void {
    if (this.#sayingAll) {
      this.#again = true;
      return;
    }
    this.#sayingAll = true;
    if (this.#hasSaidAll) this.#mark("begin");
    for (const key of this.#advertised) this.#missed.add(key);
    for (const key of this.#rib.routeKeys(this.instance) ?? []) this.#missed.add(key);
    this.#flushLater();
  }

  changed(keys: Iterable<number>): void {
    for (const key of keys) this.#missed.add(key);
    this.#flushLater();
  }

  drained(): void {
    this.#full = false;
    this.#flushLater();
  }

  heard(key: number): void {
    this.received.add(key);
    this.#stale?.delete(key);
  }

  /** It has given a route with more attributes than are kept. True where that is news. */
  saysTooMuch(): boolean {
    const isNews = !this.#hasSaidTooMuch;
    this.#hasSaidTooMuch = true;
    return isNews;
  }

  /** The peer begins to say everything again. */
  refreshBegins(): void {
    this.#stale = new Set(this.received);
  }

  /** It has: gives what has not come again. */
  refreshEnds(): Iterable<number> {
    const left = this.#stale ?? [];
    this.#stale = undefined;
    return left;
  }

  /** While its output is full only the keys of what changes are kept. */
  #flushLater(): void {
    if (this.#scheduled || this.#full) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#flush();
    });
  }

  #flush(): void {
    const part = [...this.#missed.values().take(AT_ONCE)];
    for (const key of part) this.#missed.delete(key);
    for (const message of this.#messages(part)) this.#send(message);
    if (this.#full) return;
    if (this.#missed.size > 0) this.#flushLater();
    else this.#saidAll();
  }

  #saidAll(): void {
    const again = this.#again;
    if (this.#sayingAll && this.#hasSaidAll) this.#mark("end");
    this.#hasSaidAll = true;
    this.#sayingAll = false;
    this.#again = false;
    if (again) this.sayAll();
  }

  #mark(subtype: "begin" | "end"): void {
    if (this.session.parameters.enhancedRouteRefresh) {
      this.#send(encodeRouteRefresh({ ...familyCode("inet"), subtype }));
    }
  }

  #send(message: Uint8Array): void {
    if (!this.session.send(message)) this.#full = true;
  }

  #messages(keys: readonly number[]): readonly Uint8Array[] {
    const gone: Prefix[] = [];
    const buckets = new Map<PathAttributes, Prefix[]>();
    for (const key of keys) {
      this.#untold.delete(key);
      const attributes = this.#attributesOf(key);
      const prefix = { address: Math.floor(key / 64), length: key % 64 };
      if (attributes === undefined) {
        if (this.#advertised.delete(key)) gone.push(prefix);
        continue;
      }
      this.#advertised.add(key);
      const bucket = buckets.get(attributes);
      if (bucket === undefined) buckets.set(attributes, [prefix]);
      else bucket.push(prefix);
    }
    const { maxMessageBytes } = this.#policy;
    const messages = gone.length === 0 ? [] : [...encodeUnreach({ family: "inet", routes: gone }, maxMessageBytes)];
    for (const [attributes, routes] of buckets) messages.push(...this.#announcements(attributes, routes));
    return messages;
  }

  /** The best path's attributes; undefined where the peer is to have no route: it gets nothing back that it has said. */
  #attributesOf(key: number): PathAttributes | undefined {
    const [best] = this.#rib.instance(this.instance)?.paths(key) ?? [];
    if (best === undefined || best.source === this.source || this.#inner.gateway === undefined) return undefined;
    return innerAttributes(best, this.#policy) === undefined ? undefined : best.attributes;
  }

  #announcements(attributes: PathAttributes, routes: readonly Prefix[]): readonly Uint8Array[] {
    const path = innerAttributes({ attributes }, this.#policy);
    if (path === undefined) return [];
    const bytes = encodeAttributes(outgoingAttributes(path, "inet", this.#policy), this.#policy);
    const reach = { family: "inet" as const, routes, nextHop: this.#policy.localAddress };
    const encoded = encodeReach(reach, bytes, this.#policy.maxMessageBytes);
    if (encoded.kind === "encoded") return encoded.messages;
    for (const { address, length } of routes) {
      this.#untold.add(prefixKey(address, length));
      this.#advertised.delete(prefixKey(address, length));
    }
    this.#onUntold(routes.length);
    return encodeUnreach(reach, this.#policy.maxMessageBytes);
  }
}

interface Prefix {
  readonly address: number;
  readonly length: number;
}
