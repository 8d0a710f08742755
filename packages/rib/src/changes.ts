import type { Destination } from "./path.ts";
import { VrfChanges } from "./vrf-changes.ts";

/** What has become different in the tables, until somebody takes it. */
export class Changes {
  #best = new Set<Destination>();
  #others = new Set<Destination>();
  readonly vrfs = new VrfChanges();
  /** Somebody is sent other paths than the best; where not, changes of others are not noted. */
  followsAllPaths = false;

  bestChanged(destination: Destination): void {
    this.#best.add(destination);
  }

  /** A path that is not the best has changed. */
  otherChanged(destination: Destination): void {
    if (this.followsAllPaths) this.#others.add(destination);
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
}
