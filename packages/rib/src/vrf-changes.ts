import type { Destination } from "./path.ts";
import type { KeyedVrfKey, VrfKey } from "./vrf-key.ts";
import type { VrfTable } from "./vrf-table.ts";

/** Which routes of which instances have changed since somebody last asked, by the instance's name. */
export class VrfChanges {
  #inet = new Map<string, Set<number>>();
  #keyed = new Map<string, Set<KeyedVrfKey>>();

  /** A route of an instance may be another one, or gone, and with it what else its destination has a part in. */
  note(table: VrfTable, key: VrfKey, destination: Destination): void {
    const { name } = table.settings;
    this.#note(name, key);
    if (typeof key !== "string") return;
    for (const other of table.changedWith(destination)) this.#note(name, other);
  }

  /** All routes of an instance may be; none where there is no instance. */
  noteAll(table: VrfTable | undefined): void {
    if (table === undefined) return;
    for (const keys of [table.keys(), table.inet6Keys(), table.evpnKeys()])
      for (const key of keys) this.#note(table.settings.name, key);
  }

  /** Prefix keys of <vrf>.inet.0. */
  takeInet(): ReadonlyMap<string, ReadonlySet<number>> {
    const changed = this.#inet;
    this.#inet = new Map();
    return changed;
  }

  /** Keys of <vrf>.inet6.0 and <vrf>.evpn.0. */
  takeKeyed(): ReadonlyMap<string, ReadonlySet<KeyedVrfKey>> {
    const changed = this.#keyed;
    if (changed.size > 0) this.#keyed = new Map();
    return changed;
  }

  #note(instance: string, key: VrfKey): void {
    if (typeof key === "number") add(this.#inet, instance, key);
    else add(this.#keyed, instance, key);
  }
}

function add<Key>(changed: Map<string, Set<Key>>, instance: string, key: Key): void {
  const keys = changed.get(instance);
  if (keys === undefined) changed.set(instance, new Set([key]));
  else keys.add(key);
}
