import type { RouteKey } from "./ip-prefix.ts";

/** Who follows the routes of routing instances. */
export interface Watcher {
  /** A route may be another one, or gone. */
  routeChanged(instance: string, key: RouteKey): void;
  /** The instance has come, gone, or has other settings. */
  instanceChanged(instance: string): void;
}

/** Who follows the routes of one instance: one route of them, or all. */
export class InstanceWatch {
  readonly #byKey = new Map<RouteKey, Set<Watcher>>();
  readonly #all = new Set<Watcher>();
  readonly #instance: string;

  constructor(instance: string) {
    this.#instance = instance;
  }

  get isEmpty(): boolean {
    return this.#byKey.size + this.#all.size === 0;
  }

  /** Without a key: all routes. */
  add(watcher: Watcher, key?: RouteKey): void {
    if (key === undefined) this.#all.add(watcher);
    else this.#byKey.set(key, (this.#byKey.get(key) ?? new Set()).add(watcher));
  }

  remove(watcher: Watcher, key?: RouteKey): void {
    if (key === undefined) this.#all.delete(watcher);
    else {
      const watchers = this.#byKey.get(key);
      watchers?.delete(watcher);
      if (watchers?.size === 0) this.#byKey.delete(key);
    }
  }

  routeChanged(key: RouteKey): void {
    for (const watcher of this.#all) watcher.routeChanged(this.#instance, key);
    for (const watcher of this.#byKey.get(key) ?? []) watcher.routeChanged(this.#instance, key);
  }

  instanceChanged(): void {
    for (const watcher of this.#all) watcher.instanceChanged(this.#instance);
    for (const watchers of this.#byKey.values())
      for (const watcher of watchers) watcher.instanceChanged(this.#instance);
  }
}
