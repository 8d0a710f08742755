import type { ConfigGraph } from "@contrail/graph";
import type { ConfigChange } from "@contrail/schema";
import type { ObjectStore } from "@contrail/store";
import type { LookedName } from "./lookups.ts";

/** Times that an object is read again because it went while it was read. */
const MAX_READS = 5;

/** Brings single objects of the graph to what the store holds. All of it rejects with store.unavailable. */
export class GraphMirror {
  readonly #graph: ConfigGraph;
  readonly #store: ObjectStore;
  readonly #apply: (change: ConfigChange) => void;

  constructor(graph: ConfigGraph, store: ObjectStore, apply: (change: ConfigChange) => void) {
    this.#graph = graph;
    this.#store = store;
    this.#apply = apply;
  }

  async bring(uuid: string): Promise<void> {
    for (let read = 1; read <= MAX_READS; read++) {
      const state = await this.#store.state(uuid);
      const known = this.#graph.get(uuid);
      if (state === undefined || state.revision <= (known?.revision ?? -1n)) return;
      if (!state.isThere) {
        // A record of its life may still be on its way to us.
        if (known === undefined) return this.#graph.bury(uuid, state.revision);
        const { type, fqName } = known;
        this.#apply({ kind: "remove", type, uuid, fqName, revision: state.revision });
        return;
      }
      const object = await this.#store.read(uuid);
      if (object === undefined) continue;
      this.#apply({ kind: "upsert", object });
      return;
    }
  }

  /** The object that has a name, and those that the graph takes for it. */
  async bringName({ type, fqName }: LookedName): Promise<void> {
    const seen = new Set<string>();
    let uuid = (await this.#store.findName(type, fqName)) ?? this.#graph.find(type, fqName)?.uuid;
    while (uuid !== undefined && !seen.has(uuid)) {
      seen.add(uuid);
      await this.bring(uuid);
      uuid = this.#graph.find(type, fqName)?.uuid;
    }
  }
}
