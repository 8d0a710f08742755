import { ContrailError, wireStatus } from "@contrail/errors";
import { type ConfigGraph, createGraph, type GraphChange } from "@contrail/graph";
import { type ConfigChange, objectTypes } from "@contrail/schema";
import type { ObjectStore } from "@contrail/store";
import { type Freshness, SOLE_NODE } from "./freshness.ts";
import { GraphMirror } from "./graph-mirror.ts";
import { type GraphLookup, Lookups } from "./lookups.ts";

/** Times that a decision is made again on a graph that was behind. */
const MAX_ATTEMPTS = 20;

/** The graph of this node: all that the store holds where the node is alone, else a cache that the bus feeds. */
export class GraphCache {
  readonly graph: ConfigGraph = createGraph();
  /** Brings single objects of the graph to what the store holds. */
  readonly mirror: GraphMirror;
  readonly #store: ObjectStore;
  readonly #listeners = new Set<(change: GraphChange) => void>();
  #freshness = SOLE_NODE;

  constructor(store: ObjectStore) {
    this.#store = store;
    this.mirror = new GraphMirror(this.graph, store, (change) => this.apply(change));
  }

  /** What is known of how far the graph is behind the store. */
  get freshness(): Freshness {
    return this.#freshness;
  }

  /** True where other nodes write to the store too. */
  get isShared(): boolean {
    return this.#freshness !== SOLE_NODE;
  }

  /** Tells that other nodes write to the store too; before anything is decided. */
  share(freshness: Freshness): void {
    this.#freshness = freshness;
  }

  /** Takes one change in; a state that is not newer than the graph's changes nothing. */
  apply(change: ConfigChange): void {
    const applied = this.graph.apply(change);
    if (applied !== undefined) for (const listener of this.#listeners) listener(applied);
  }

  /** Calls back after each change of the graph. */
  onChange(callback: (change: GraphChange) => void): void {
    this.#listeners.add(callback);
  }

  /** Takes all of the store in; what it does not hold any more goes. */
  async fill(): Promise<void> {
    const gone = new Set<string>();
    for (const { name } of objectTypes()) for (const { uuid } of this.graph.ofType(name)) gone.add(uuid);
    for await (const object of this.#store.all()) {
      gone.delete(object.uuid);
      this.apply({ kind: "upsert", object });
    }
    for (const uuid of gone) await this.mirror.bring(uuid);
  }

  /**
   * Decides by what the graph says. A refusal counts only when what was looked at has been compared with the store: where
   * the graph was behind, the decision is made again.
   */
  async confirmed<T>(decide: (graph: GraphLookup) => T | Promise<T>): Promise<T> {
    if (!this.isShared) return decide(this.graph);
    for (let attempt = 1; ; attempt++) {
      const looked = new Lookups(this.graph);
      try {
        return await decide(looked);
      } catch (reason) {
        const isRefusal = wireStatus(ContrailError.from(reason).code).http < 500;
        if (!isRefusal || attempt === MAX_ATTEMPTS) throw reason;
        await this.#freshness.confirm(looked.uuids, looked.names);
        if (!looked.isOutdated) throw reason;
      }
    }
  }
}
