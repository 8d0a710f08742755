import type { ConfigGraph } from "@contrail/graph";
import type { ConfigObject } from "@contrail/schema";

/** What of the graph a decision looks at. */
export type GraphLookup = Pick<ConfigGraph, "get" | "find">;

/** A name that was looked for. */
export interface LookedName {
  readonly type: string;
  readonly fqName: readonly string[];
}

/** The graph, with a note of what was looked for in it: before a refusal is told, that is compared with the store. */
export class Lookups implements GraphLookup {
  readonly #graph: GraphLookup;
  readonly #uuids = new Set<string>();
  readonly #names = new Map<string, LookedName>();

  constructor(graph: GraphLookup) {
    this.#graph = graph;
  }

  get uuids(): readonly string[] {
    return [...this.#uuids];
  }

  get names(): readonly LookedName[] {
    return [...this.#names.values()];
  }

  get(uuid: string): ConfigObject | undefined {
    this.#uuids.add(uuid);
    return this.#graph.get(uuid);
  }

  find(type: string, fqName: readonly string[]): ConfigObject | undefined {
    this.#names.set(`${type} ${JSON.stringify(fqName)}`, { type, fqName });
    return this.#graph.find(type, fqName);
  }
}
