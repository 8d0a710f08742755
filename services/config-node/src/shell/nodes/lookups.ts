import type { ConfigGraph } from "@contrail/graph";
import type { ConfigObject } from "@contrail/schema";

/** What of the graph a decision looks at. */
export type GraphLookup = Pick<ConfigGraph, "get" | "find">;

/** A name that was looked for. */
export interface LookedName {
  readonly type: string;
  readonly fqName: readonly string[];
}

interface NameLookup extends LookedName {
  readonly found: ConfigObject | undefined;
}

/** The graph, with a note of what was looked for in it: before a refusal is told, that is compared with the store. */
export class Lookups implements GraphLookup {
  readonly #graph: GraphLookup;
  readonly #byUuid = new Map<string, ConfigObject | undefined>();
  readonly #byName = new Map<string, NameLookup>();

  constructor(graph: GraphLookup) {
    this.#graph = graph;
  }

  get uuids(): readonly string[] {
    return [...this.#byUuid.keys()];
  }

  get names(): readonly LookedName[] {
    return [...this.#byName.values()];
  }

  /** True where the graph says something else by now than when it was asked first: from whomever it has that. */
  get isOutdated(): boolean {
    const isOther = (now: ConfigObject | undefined, then: ConfigObject | undefined): boolean =>
      now?.uuid !== then?.uuid || now?.revision !== then?.revision;
    for (const [uuid, found] of this.#byUuid) if (isOther(this.#graph.get(uuid), found)) return true;
    for (const { type, fqName, found } of this.#byName.values()) {
      if (isOther(this.#graph.find(type, fqName), found)) return true;
    }
    return false;
  }

  get(uuid: string): ConfigObject | undefined {
    const found = this.#graph.get(uuid);
    if (!this.#byUuid.has(uuid)) this.#byUuid.set(uuid, found);
    return found;
  }

  find(type: string, fqName: readonly string[]): ConfigObject | undefined {
    const found = this.#graph.find(type, fqName);
    const key = `${type} ${JSON.stringify(fqName)}`;
    if (!this.#byName.has(key)) this.#byName.set(key, { type, fqName, found });
    return found;
  }
}
