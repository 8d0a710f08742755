import { stringifyJson } from "@contrail/schema";

/**
 * A relation between keys and values that rules read and write. Under a key there is one value of each source; a source
 * is whoever said it (the network that wants another one, the object that refers to a target).
 */
export interface FactTable<V> {
  readonly name: string;
  /** True where two values are the same: then nobody who read the old one is asked again. */
  same(a: V, b: V): boolean;
}

/** A table of plain values, compared by their content. */
export function factTable<V>(name: string): FactTable<V> {
  return { name, same: (a, b) => a === b || textOf(a) === textOf(b) };
}

/** A table of objects that are never changed in place, compared by identity. */
export function objectTable<V>(name: string): FactTable<V> {
  return { name, same: (a, b) => a === b };
}

/** One entry of a table. */
export interface Fact {
  readonly table: FactTable<unknown>;
  readonly key: string;
  readonly source: string;
  readonly value: unknown;
}

/** An entry whose value has the type of its table. */
export function fact<V>(table: FactTable<V>, key: string, source: string, value: V): Fact {
  return { table, key, source, value };
}

function textOf(value: unknown): string {
  return stringifyJson(value as Parameters<typeof stringifyJson>[0]); // Values of such tables are plain.
}
