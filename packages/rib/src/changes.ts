import type { Destination } from "./path.ts";

/** What has become different in the tables, until somebody takes it. */
export class Changes {
  #best = new Set<Destination>();
  #others = new Set<Destination>();
  #vrfs = new Map<string, Set<number>>();
  /** Somebody is sent other paths than the best; where not, changes of others are not noted. */
  followsAllPaths = false;

  bestChanged(destination: Destination): void {
    this.#best.add(destination);
  }

  /** A path that is not the best has changed. */
  otherChanged(destination: Destination): void {
    if (this.followsAllPaths) this.#others.add(destination);
  }

  /** The route of a prefix key in an instance may be another. */
  vrfChanged(instance: string, key: number): void {
    const keys = this.#vrfs.get(instance);
    if (keys === undefined) this.#vrfs.set(instance, new Set([key]));
    else keys.add(key);
  }

  takeBest(): ReadonlySet<Destination> {
    const taken = this.#best;
    this.#best = new Set();
    return taken;
  }

  takeOthers(): ReadonlySet<Destination> {
    const taken = this.#others;
    if (taken.size > 0) this.#others = new Set();
    return taken;
  }

  takeVrfs(): ReadonlyMap<string, ReadonlySet<number>> {
    const taken = this.#vrfs;
    this.#vrfs = new Map();
    return taken;
  }
}
