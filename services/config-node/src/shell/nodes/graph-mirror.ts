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
        if (known === undefined) return;
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

  /** The object that has a name, and the one that the graph takes for it. */
  async bringName({ type, fqName }: LookedName): Promise<void> {
    const holder = await this.#store.findName(type, fqName);
    const taken = this.#graph.find(type, fqName)?.uuid;
    const uuids = new Set([holder, taken].flatMap((uuid) => uuid ?? []));
    await Promise.all([...uuids].map((uuid) => this.bring(uuid)));
  }
}
