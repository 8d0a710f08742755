import {
  encodeAttributes,
  encodeReach,
  encodeRouteRefresh,
  encodeUnreach,
  type FamilyRoutes,
  familyCode,
  type IpAddress,
  type PathAttributes,
} from "@contrail/bgp";
import {
  type ExportPolicy,
  type IpPrefix,
  outgoingAttributes,
  type PathSource,
  prefixOfKey,
  type Rib,
  type RouteKey,
} from "@contrail/rib";
import type { InnerFamily } from "../core/desired-peer.ts";
import { innerAttributes } from "../core/inner-routes.ts";

/** Routes encoded in one turn of the event loop. */
const AT_ONCE = 2_000;

/** How a router of a tenant is told of a family. */
export interface InnerExport {
  readonly policy: ExportPolicy;
  /** Next hop; undefined: it is told nothing. */
  readonly gateway: IpAddress | undefined;
}

/** The session, as the families see it. */
export interface InnerOutput {
  readonly source: PathSource;
  readonly instance: string;
  /** Enough waits for the router: nothing more before `drained`. */
  readonly isFull: boolean;
  /** Both sides know marks around what is said again (RFC 7313). */
  readonly hasMarks: boolean;
  send(message: Uint8Array): void;
  /** So many routes are not sent, as their attributes do not fit into a message. */
  untold(routes: number): void;
}

/** One family of a session with a router of a tenant: what it has said, and what it has been told and what not yet. */
export class InnerTable {
  readonly family: InnerFamily;
  readonly #rib: Rib;
  readonly #output: InnerOutput;
  #export: InnerExport;
  /** Keys of the instance's routes that it has been told of, and of those that may be others now. */
  readonly #advertised = new Set<RouteKey>();
  readonly #missed = new Set<RouteKey>();
  /** Keys of those that it shall have and is not told of, as their attributes do not fit into a message. */
  readonly #untold = new Set<RouteKey>();
  /** A turn of the event loop goes on with what is missed. */
  #scheduled = false;
  /** It is being told everything, and has to be once more then. */
  #sayingAll = false;
  #again = false;
  /** It has been told everything once: when that is repeated, it stands between marks. */
  #hasSaidAll = false;
  /** Keys of what it has said; of these, between the marks of a refresh, what it has not said again. */
  readonly received = new Set<RouteKey>();
  #stale: Set<RouteKey> | undefined;

  constructor(family: InnerFamily, rib: Rib, output: InnerOutput, told: InnerExport) {
    this.family = family;
    this.#rib = rib;
    this.#output = output;
    this.#export = told;
  }

  /** Routes that it has been told of, that are to be looked at again, and that do not fit into a message. */
  get counts(): { readonly advertised: number; readonly missed: number; readonly untold: number } {
    return { advertised: this.#advertised.size, missed: this.#missed.size, untold: this.#untold.size };
  }

  /** It is told otherwise from here on, and everything again. */
  reconfigured(told: InnerExport): void {
    this.#export = told;
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
    for (const key of this.#instanceKeys()) this.#missed.add(key);
    this.#flushLater();
  }

  changed(keys: Iterable<RouteKey>): void {
    for (const key of keys) this.#missed.add(key);
    this.#flushLater();
  }

  drained(): void {
    this.#flushLater();
  }

  heard(key: RouteKey): void {
    this.received.add(key);
    this.#stale?.delete(key);
  }

  /** The peer begins to say everything again. */
  refreshBegins(): void {
    this.#stale = new Set(this.received);
  }

  /** It has: gives what has not come again. */
  refreshEnds(): Iterable<RouteKey> {
    const left = this.#stale ?? [];
    this.#stale = undefined;
    return left;
  }

  #instanceKeys(): Iterable<RouteKey> {
    const table = this.#rib.instance(this.#output.instance);
    return (this.family === "inet" ? table?.keys() : table?.inet6Keys()) ?? [];
  }

  /** While the output is full only the keys of what changes are kept. */
  #flushLater(): void {
    if (this.#scheduled || this.#output.isFull) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      // The other family may have filled it since.
      if (!this.#output.isFull) this.#flush();
    });
  }

  #flush(): void {
    const part = [...this.#missed.values().take(AT_ONCE)];
    for (const key of part) this.#missed.delete(key);
    for (const message of this.#messages(part)) this.#output.send(message);
    if (this.#output.isFull) return;
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
    if (this.#output.hasMarks) this.#output.send(encodeRouteRefresh({ ...familyCode(this.family), subtype }));
  }

  #messages(keys: readonly RouteKey[]): readonly Uint8Array[] {
    const gone: IpPrefix[] = [];
    const buckets = new Map<PathAttributes, RouteKey[]>();
    for (const key of keys) {
      this.#untold.delete(key);
      const attributes = this.#attributesOf(key);
      if (attributes === undefined) {
        if (this.#advertised.delete(key)) gone.push(prefixOfKey(key));
        continue;
      }
      this.#advertised.add(key);
      const bucket = buckets.get(attributes);
      if (bucket === undefined) buckets.set(attributes, [key]);
      else bucket.push(key);
    }
    const { maxMessageBytes } = this.#export.policy;
    const messages = gone.length === 0 ? [] : [...encodeUnreach(this.#routes(gone), maxMessageBytes)];
    for (const [attributes, bucket] of buckets) messages.push(...this.#announcements(attributes, bucket));
    return messages;
  }

  /** The best path's attributes; undefined where the peer is to have no route: it gets nothing back that it has said. */
  #attributesOf(key: RouteKey): PathAttributes | undefined {
    const [best] = this.#rib.instance(this.#output.instance)?.paths(key) ?? [];
    const { policy, gateway } = this.#export;
    if (best === undefined || best.source === this.#output.source || gateway === undefined) return undefined;
    return innerAttributes(best, this.family, policy) === undefined ? undefined : best.attributes;
  }

  #announcements(attributes: PathAttributes, keys: readonly RouteKey[]): readonly Uint8Array[] {
    const { policy, gateway: nextHop } = this.#export;
    const path = innerAttributes({ attributes }, this.family, policy);
    if (path === undefined || nextHop === undefined) return [];
    const bytes = encodeAttributes(outgoingAttributes(path, this.family, policy), policy);
    const routes = this.#routes(keys.map(prefixOfKey));
    const encoded = encodeReach({ ...routes, nextHop }, bytes, policy.maxMessageBytes);
    if (encoded.kind === "encoded") return encoded.messages;
    for (const key of keys) {
      this.#untold.add(key);
      this.#advertised.delete(key);
    }
    this.#output.untold(keys.length);
    return encodeUnreach(routes, policy.maxMessageBytes);
  }

  #routes(routes: readonly IpPrefix[]): FamilyRoutes {
    return { family: this.family, routes } as FamilyRoutes; // Keys of a family are of its version.
  }
}
