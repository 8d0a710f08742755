/** A route of a control node; addresses as unsigned numbers. */
export interface RemoteRoute {
  readonly address: number;
  readonly length: number;
  readonly nextHops: readonly RemoteNextHop[];
  /** COMMUNITIES (RFC 1997), for people; absent: none. */
  readonly communities?: readonly number[] | undefined;
}

/** One way to a prefix on another host, as a control node told it. */
export interface RemoteNextHop {
  readonly address: number;
  readonly label: number;
  readonly encapsulations: readonly number[];
  readonly groups: readonly number[];
  readonly networkId: number;
  /** Tags of what is behind it, for people; absent: none. */
  readonly tags?: readonly number[] | undefined;
}

interface Entry {
  readonly route: RemoteRoute;
  /** Session in which it was last heard. */
  session: number;
}

/** What one control node says about routes, over all sessions with it. */
class Source {
  live = false;
  session = 0;
  readonly tables = new Map<string, Map<string, Entry>>();
  /** Instances whose end-of-rib came in the present session. */
  readonly inSync = new Set<string>();
}

/**
 * Routes from several control nodes. The routes of a node that is lost stay, stale; they count only while no node that
 * is live has sent its end-of-rib for the instance. With no such node everything that was ever heard counts (headless).
 */
export class RouteTables {
  readonly #sources = new Map<string, Source>();

  /** A session is up: what is not heard again before its end-of-rib goes. */
  sessionUp(node: string): void {
    const source = this.#of(node);
    source.live = true;
    source.session += 1;
    source.inSync.clear();
  }

  sessionDown(node: string): void {
    const source = this.#of(node);
    source.live = false;
    source.inSync.clear();
  }

  update(
    node: string,
    instance: string,
    reach: readonly RemoteRoute[],
    unreach: readonly { address: number; length: number }[],
  ): void {
    const source = this.#of(node);
    const table = source.tables.get(instance) ?? new Map<string, Entry>();
    source.tables.set(instance, table);
    for (const route of reach) table.set(`${route.address}/${route.length}`, { route, session: source.session });
    for (const { address, length } of unreach) table.delete(`${address}/${length}`);
  }

  endOfRib(node: string, instance: string): void {
    const source = this.#of(node);
    source.inSync.add(instance);
    const table = source.tables.get(instance);
    for (const [key, entry] of table ?? []) if (entry.session !== source.session) table?.delete(key);
  }

  /** Drops instances that are not subscribed any more. */
  keepOnly(instances: ReadonlySet<string>): void {
    for (const source of this.#sources.values()) {
      for (const instance of source.tables.keys()) if (!instances.has(instance)) source.tables.delete(instance);
      for (const instance of source.inSync) if (!instances.has(instance)) source.inSync.delete(instance);
    }
  }

  /** True where some live node has sent its end-of-rib for the instance. */
  isInSync(instance: string): boolean {
    return [...this.#sources.values()].some((source) => source.live && source.inSync.has(instance));
  }

  /** The route to a prefix that counts, as routes has it. */
  route(instance: string, address: number, length: number): RemoteRoute | undefined {
    for (const source of this.#chosen(instance)) {
      const entry = source.tables.get(instance)?.get(`${address}/${length}`);
      if (entry !== undefined) return entry.route;
    }
    return undefined;
  }

  /** The routes that count; where two nodes have the same prefix, the first by name. */
  routes(instance: string): Iterable<RemoteRoute> {
    const routes = new Map<string, RemoteRoute>();
    for (const source of this.#chosen(instance)) {
      for (const [key, { route }] of source.tables.get(instance) ?? []) if (!routes.has(key)) routes.set(key, route);
    }
    return routes.values();
  }

  #chosen(instance: string): readonly Source[] {
    const inSync = this.#named((source) => source.live && source.inSync.has(instance));
    return inSync.length > 0 ? inSync : this.#named(() => true);
  }

  #named(wanted: (source: Source) => boolean): readonly Source[] {
    const entries = [...this.#sources].filter(([, source]) => wanted(source));
    return entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, source]) => source);
  }

  #of(node: string): Source {
    const known = this.#sources.get(node);
    if (known !== undefined) return known;
    const made = new Source();
    this.#sources.set(node, made);
    return made;
  }
}
