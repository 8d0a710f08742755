import type { ConfigChange, ConfigObject } from "@contrail/schema";
import { namedLinks } from "./named-links.ts";

/**
 * The configuration graph in memory.
 *
 * A node is an object. A link joins two nodes: child and parent, referrer and target, or an object and another one that
 * its properties name (named-links.ts). Links are looked at from both ends, by the type at the other end; a link to an
 * object that is not there yet binds when it appears.
 */
export interface ConfigGraph {
  /** Applies one change; gives what it touched, undefined where the graph already had this revision or a later one. */
  apply(change: ConfigChange): GraphChange | undefined;
  /** Remembers that an object which is not here was removed: no older state of it is taken in any more. */
  bury(uuid: string, revision: bigint): void;
  get(uuid: string): ConfigObject | undefined;
  find(type: string, fqName: readonly string[]): ConfigObject | undefined;
  /** All objects of a type, in no order. */
  ofType(type: string): Iterable<ConfigObject>;
  /** Objects of a type that the object is linked with, in either direction, each once. */
  linked(uuid: string, type: string): readonly ConfigObject[];
  /** UUIDs of all objects that the object is linked with, in either direction. */
  neighbours(uuid: string): ReadonlySet<string>;
  readonly size: number;
}

/** What one change did: the object before and after, and the other ends of links that appeared or went. */
export interface GraphChange {
  readonly uuid: string;
  readonly type: string;
  readonly before: ConfigObject | undefined;
  readonly after: ConfigObject | undefined;
  /** UUIDs of objects whose link with this one is new, gone or of another kind; also of targets that are not there. */
  readonly relinked: ReadonlySet<string>;
}

/** A link's other end: by uuid, or by type and name where only that is known. */
type Target = { readonly uuid: string } | { readonly nameKey: string };

/** Removed objects whose revisions are remembered; the longest removed are forgotten first. */
const REMEMBERED_REMOVALS = 100_000;

/** An empty graph. */
export function createGraph(): ConfigGraph {
  return new Graph();
}

class Graph implements ConfigGraph {
  readonly #objects = new Map<string, ConfigObject>();
  /** Revisions of removed objects: a late older change must not bring them back. */
  readonly #removed = new Map<string, bigint>();
  readonly #byName = new Map<string, string>();
  /**
   * Others of a name, while there are any: an object has gone and another one has its name, and we have heard of these in
   * another order.
   */
  readonly #namesakes = new Map<string, Set<string>>();
  readonly #byType = new Map<string, Map<string, ConfigObject>>();
  /** From an object or a wanted name to the uuids of the objects that point there. */
  readonly #incoming = new Map<string, Set<string>>();

  get size(): number {
    return this.#objects.size;
  }

  apply(change: ConfigChange): GraphChange | undefined {
    const uuid = change.kind === "upsert" ? change.object.uuid : change.uuid;
    const revision = change.kind === "upsert" ? change.object.revision : change.revision;
    const before = this.#objects.get(uuid);
    if (revision <= (before?.revision ?? this.#removed.get(uuid) ?? -1n)) return undefined;
    const linkedBefore = this.neighbours(uuid);
    if (before !== undefined) this.#take(before);
    const after = change.kind === "upsert" ? change.object : undefined;
    if (after === undefined) this.#remember(uuid, revision);
    else this.#put(after);
    const type = after?.type ?? before?.type ?? (change.kind === "remove" ? change.type : "");
    const relinked = difference(linkedBefore, this.neighbours(uuid)).union(retargeted(before, after));
    return { uuid, type, before, after, relinked };
  }

  bury(uuid: string, revision: bigint): void {
    if (!this.#objects.has(uuid) && revision > (this.#removed.get(uuid) ?? -1n)) this.#remember(uuid, revision);
  }

  get(uuid: string): ConfigObject | undefined {
    return this.#objects.get(uuid);
  }

  find(type: string, fqName: readonly string[]): ConfigObject | undefined {
    const uuid = this.#byName.get(nameKey(type, fqName));
    return uuid === undefined ? undefined : this.#objects.get(uuid);
  }

  ofType(type: string): Iterable<ConfigObject> {
    return this.#byType.get(type)?.values() ?? [];
  }

  linked(uuid: string, type: string): readonly ConfigObject[] {
    const found: ConfigObject[] = [];
    for (const neighbour of this.neighbours(uuid)) {
      const object = this.#objects.get(neighbour);
      if (object?.type === type) found.push(object);
    }
    return found;
  }

  neighbours(uuid: string): ReadonlySet<string> {
    const found = new Set<string>();
    const object = this.#objects.get(uuid);
    if (object === undefined) return found;
    for (const target of targets(object)) {
      const other = this.#resolve(target);
      if (other !== undefined && other !== uuid) found.add(other);
    }
    for (const key of [uuid, nameKey(object.type, object.fqName)]) {
      for (const other of this.#incoming.get(key) ?? []) if (other !== uuid) found.add(other);
    }
    return found;
  }

  #remember(uuid: string, revision: bigint): void {
    this.#removed.delete(uuid);
    this.#removed.set(uuid, revision);
    const oldest = this.#removed.keys().next();
    if (this.#removed.size > REMEMBERED_REMOVALS && !oldest.done) this.#removed.delete(oldest.value);
  }

  #resolve(target: Target): string | undefined {
    if ("nameKey" in target) return this.#byName.get(target.nameKey);
    return this.#objects.has(target.uuid) ? target.uuid : undefined;
  }

  #put(object: ConfigObject): void {
    this.#removed.delete(object.uuid);
    this.#objects.set(object.uuid, object);
    this.#name(nameKey(object.type, object.fqName), object.uuid);
    entry(this.#byType, object.type, () => new Map<string, ConfigObject>()).set(object.uuid, object);
    for (const target of targets(object)) {
      entry(this.#incoming, targetKey(target), () => new Set<string>()).add(object.uuid);
    }
  }

  /** The one that came last has the name. */
  #name(name: string, uuid: string): void {
    const other = this.#byName.get(name);
    if (other !== undefined) entry(this.#namesakes, name, () => new Set<string>()).add(other);
    this.#byName.set(name, uuid);
  }

  #unname(name: string, uuid: string): void {
    const others = this.#namesakes.get(name);
    if (this.#byName.get(name) === uuid) {
      const [next] = others ?? [];
      if (next === undefined) this.#byName.delete(name);
      else this.#byName.set(name, next);
      others?.delete(next ?? uuid);
    } else others?.delete(uuid);
    if (others?.size === 0) this.#namesakes.delete(name);
  }

  #take(object: ConfigObject): void {
    this.#objects.delete(object.uuid);
    this.#unname(nameKey(object.type, object.fqName), object.uuid);
    this.#byType.get(object.type)?.delete(object.uuid);
    for (const target of targets(object)) {
      const key = targetKey(target);
      const referrers = this.#incoming.get(key);
      referrers?.delete(object.uuid);
      if (referrers?.size === 0) this.#incoming.delete(key);
    }
  }
}

function* targets(object: ConfigObject): Iterable<Target> {
  if (object.parentUuid !== undefined) yield { uuid: object.parentUuid };
  for (const ref of object.refs) yield { uuid: ref.toUuid };
  for (const link of namedLinks(object)) yield { nameKey: nameKey(link.type, link.fqName) };
}

/** Targets of links of another kind than before: one that was named and is the parent now is no new neighbour. */
function retargeted(before: ConfigObject | undefined, after: ConfigObject | undefined): ReadonlySet<string> {
  const parents = difference(parentOf(before), parentOf(after));
  return parents.union(difference(referencesOf(before), referencesOf(after)));
}

function parentOf(object: ConfigObject | undefined): ReadonlySet<string> {
  return new Set(object?.parentUuid === undefined ? [] : [object.parentUuid]);
}

function referencesOf(object: ConfigObject | undefined): ReadonlySet<string> {
  return new Set(object?.refs.map(({ toUuid }) => toUuid));
}

function targetKey(target: Target): string {
  return "uuid" in target ? target.uuid : target.nameKey;
}

function nameKey(type: string, fqName: readonly string[]): string {
  return `${type} ${JSON.stringify(fqName)}`;
}

function entry<V>(map: Map<string, V>, key: string, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}

function difference(a: ReadonlySet<string>, b: ReadonlySet<string>): ReadonlySet<string> {
  return a.symmetricDifference(b);
}
