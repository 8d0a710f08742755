import { type ConfigObject, canonicalText, type JsonValue } from "@contrail/schema";
import {
  type DerivedLinks,
  type DerivedName,
  type DerivedObject,
  type DerivedReference,
  derivedKey,
  type Pending,
} from "./derived.ts";
import { LinkState } from "./link-state.ts";

/** Order of writing: what is referred to, or is a parent, first. Removal goes the other way. */
const RANK: Readonly<Record<string, number>> = { "route-target": 0, "access-control-list": 1, "routing-instance": 2 };

/**
 * Wanted derived objects beside those that exist; gives the difference.
 * Each wanted object belongs to the units (a network, a group) that want it; it goes when the last one lets go.
 */
export class DesiredState {
  readonly #byUnit = new Map<string, readonly DerivedObject[]>();
  /** Units that want an object; a name alone where it is one. */
  readonly #unitsOf = new Map<string, string | Set<string>>();
  readonly #actual = new Map<string, { readonly name: DerivedName; readonly content: string }>();
  readonly #dirty = new Set<string>();
  readonly #links = new LinkState((key) => this.#actual.has(key));

  /** Replaces what a unit wants. */
  want(unit: string, objects: readonly DerivedObject[], links: readonly DerivedLinks[]): void {
    this.#links.want(unit, links);
    const before = this.#byUnit.get(unit) ?? [];
    if (before.length === 0 && objects.length === 0) return;
    const after = new Set(objects.map(derivedKey));
    for (const key of before.map(derivedKey)) if (!after.has(key)) this.#let(key, unit);
    for (const key of after) {
      const units = this.#unitsOf.get(key) ?? unit;
      if (typeof units !== "string") units.add(unit);
      else this.#unitsOf.set(key, units === unit ? unit : new Set([units, unit]));
      this.#dirty.add(key);
    }
    if (objects.length === 0) this.#byUnit.delete(unit);
    else this.#byUnit.set(unit, objects);
  }

  /** Notes a derived object as it is in the store. */
  exists(object: ConfigObject): void {
    const key = derivedKey(object);
    this.#actual.set(key, { name: { type: object.type, fqName: object.fqName }, content: contentOf(object) });
    this.#dirty.add(key);
  }

  /** Notes that a derived object is not in the store any more. */
  gone(name: DerivedName): void {
    if (this.#actual.delete(derivedKey(name))) this.#dirty.add(derivedKey(name));
  }

  /** Notes the references of an intent object as they are in the store; undefined: it is gone. */
  refers(name: DerivedName, object: ConfigObject | undefined): void {
    this.#links.refers(name, object);
  }

  /** What has to be written now; empty when the store is as wanted. */
  pending(): Pending {
    const upserts: DerivedObject[] = [];
    const removes: DerivedName[] = [];
    for (const key of this.#dirty) {
      const wanted = this.#wanted(key);
      const actual = this.#actual.get(key);
      if (wanted === undefined && actual !== undefined) removes.push(actual.name);
      else if (wanted !== undefined && contentOf(wanted) !== actual?.content) upserts.push(wanted);
      else this.#dirty.delete(key);
    }
    const rank = (name: DerivedName): number => RANK[name.type] ?? 9;
    upserts.sort((a, b) => rank(a) - rank(b));
    removes.sort((a, b) => rank(b) - rank(a));
    return { upserts, links: this.#links.pending(), removes };
  }

  /** What is wanted under a name. */
  wanted(name: DerivedName): DerivedObject | undefined {
    return this.#wanted(derivedKey(name));
  }

  /** Everything that is wanted, by key. */
  all(): ReadonlyMap<string, DerivedObject> {
    const found = new Map<string, DerivedObject>();
    for (const key of [...this.#unitsOf.keys()].sort()) {
      const wanted = this.#wanted(key);
      if (wanted !== undefined) found.set(key, wanted);
    }
    return found;
  }

  /** All links that are wanted, by type, name and target type. */
  allLinks(): ReadonlyMap<string, DerivedLinks> {
    return this.#links.all();
  }

  #let(key: string, unit: string): void {
    const units = this.#unitsOf.get(key);
    if (typeof units !== "string") units?.delete(unit);
    if (units === unit || (typeof units !== "string" && units?.size === 0)) this.#unitsOf.delete(key);
    this.#dirty.add(key);
  }

  /** Where several units want an object, what the first by name says counts; route targets say nothing but their name. */
  #wanted(key: string): DerivedObject | undefined {
    const units = this.#unitsOf.get(key);
    if (units === undefined) return undefined;
    const [any = ""] = typeof units === "string" ? [units] : units;
    const first = typeof units === "string" || key.startsWith("route-target ") ? any : ([...units].sort()[0] ?? any);
    return this.#byUnit.get(first)?.find((object) => derivedKey(object) === key);
  }
}

/** What is compared: references and the properties that the transformer writes. */
function contentOf(object: {
  readonly type: string;
  readonly refs: readonly DerivedReference[];
  readonly properties: Readonly<Record<string, JsonValue | undefined>>;
}): string {
  const refs = object.refs.map(
    ({ toType, toFqName, attr }) => `${toType} ${toFqName.join(":")} ${canonicalText(attr ?? {})}`,
  );
  const kept = KEPT_BY_THE_STORE[object.type] ?? [];
  const own = Object.entries(object.properties).filter(([key]) => !KEPT_FOR_ALL.has(key) && !kept.includes(key));
  own.sort(([a], [b]) => (a < b ? -1 : 1));
  return `${refs.sort().join("\n")}\n${own.map(([key, value]) => `${key} ${canonicalText(value)}`).join("\n")}`;
}

const KEPT_FOR_ALL = new Set(["id_perms", "perms2", "display_name"]);

/** What the server fills in when it writes a derived object, by type. */
const KEPT_BY_THE_STORE: Readonly<Record<string, readonly string[]>> = {
  "instance-ip": ["instance_ip_address", "subnet_uuid"],
  "virtual-network": ["virtual_network_network_id"],
};
