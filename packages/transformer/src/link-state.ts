import { type ConfigObject, canonicalText } from "@contrail/schema";
import { type DerivedLinks, type DerivedName, type DerivedReference, derivedKey } from "./derived.ts";

/** Pairs of an intent type and a target type whose references to derived objects are the transformer's. */
const PAIRS: ReadonlyMap<string, readonly string[]> = new Map<string, readonly string[]>([
  ["bgp-as-a-service", ["bgp-router"]],
  ["logical-router", ["route-table", "route-target", "service-instance"]],
  ["route-aggregate", ["routing-instance"]],
  ["routing-policy", ["routing-instance"]],
  ["virtual-machine-interface", ["bgp-router", "interface-route-table", "routing-instance", "service-health-check"]],
]);

/**
 * Wanted links of intent objects beside those that exist. Each key (object and target type) has one unit that wants it,
 * and that only while the object is there.
 */
export class LinkState {
  readonly #isDerived: (key: string) => boolean;
  readonly #byUnit = new Map<string, readonly DerivedLinks[]>();
  readonly #wanted = new Map<string, DerivedLinks>();
  /** References of intent objects, by link key, where there are any; those to what clients made are among them. */
  readonly #actual = new Map<string, DerivedLinks>();
  readonly #dirty = new Set<string>();

  /** isDerived: true where a derived object of that key is in the store. */
  constructor(isDerived: (key: string) => boolean) {
    this.#isDerived = isDerived;
  }

  /** Replaces what a unit wants. */
  want(unit: string, links: readonly DerivedLinks[]): void {
    const before = this.#byUnit.get(unit);
    if (before === undefined && links.length === 0) return;
    for (const old of before ?? []) {
      this.#wanted.delete(linkKey(old, old.toType));
      this.#dirty.add(linkKey(old, old.toType));
    }
    for (const item of links) {
      if (!PAIRS.get(item.type)?.includes(item.toType)) throw new Error(`links of ${item.type} to ${item.toType}`);
      this.#wanted.set(linkKey(item, item.toType), item);
      this.#dirty.add(linkKey(item, item.toType));
    }
    if (links.length === 0) this.#byUnit.delete(unit);
    else this.#byUnit.set(unit, links);
  }

  /** Notes the references of an intent object; undefined: it is gone. */
  refers(name: DerivedName, object: ConfigObject | undefined): void {
    for (const toType of PAIRS.get(name.type) ?? []) {
      const key = linkKey(name, toType);
      const refs = object?.refs.filter((ref) => ref.toType === toType) ?? [];
      if (refs.length > 0) this.#actual.set(key, { type: name.type, fqName: name.fqName, toType, refs });
      else if (!this.#actual.delete(key) && !this.#wanted.has(key)) continue;
      this.#dirty.add(key);
    }
  }

  /** Links that are not as wanted. */
  pending(): DerivedLinks[] {
    const found: DerivedLinks[] = [];
    for (const key of this.#dirty) {
      const actual = this.#actual.get(key);
      const wanted = this.#wanted.get(key);
      const own = actual?.refs.filter((ref) => this.#isDerived(derivedKey({ type: ref.toType, fqName: ref.toFqName })));
      const item = wanted ?? actual;
      if (item === undefined || contentOf(own ?? []) === contentOf(wanted?.refs ?? [])) this.#dirty.delete(key);
      else found.push({ ...item, refs: wanted?.refs ?? [] });
    }
    return found;
  }

  /** All that is wanted, by key, ordered. */
  all(): ReadonlyMap<string, DerivedLinks> {
    return new Map([...this.#wanted].sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}

function linkKey(name: DerivedName, toType: string): string {
  return `${derivedKey(name)} > ${toType}`;
}

function contentOf(refs: readonly DerivedReference[]): string {
  return refs
    .map(({ toFqName, attr }) => `${toFqName.join(":")} ${canonicalText(attr ?? {})}`)
    .sort()
    .join("\n");
}
