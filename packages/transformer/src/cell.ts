import type { FactTable } from "./fact-table.ts";

const NONE: ReadonlyMap<string, unknown> = new Map();

/**
 * The values under one key of a table, by source, and those who have read them. Most cells hold one value and have one or
 * two readers, and there are a dozen for every network: a map and a set are made only where there is more than one.
 */
export class Cell<R> {
  readonly table: FactTable<unknown>;
  readonly key: string;
  #source: string | undefined;
  #value: unknown;
  #more: Map<string, unknown> | undefined;
  #reader: R | undefined;
  #readers: Set<R> | undefined;

  constructor(table: FactTable<unknown>, key: string) {
    this.table = table;
    this.key = key;
  }

  get size(): number {
    return this.#more?.size ?? (this.#source === undefined ? 0 : 1);
  }

  /** True where it holds nothing and nobody has read it. */
  get isIdle(): boolean {
    return this.size === 0 && this.#reader === undefined && (this.#readers?.size ?? 0) === 0;
  }

  has(source: string): boolean {
    return this.#more?.has(source) ?? this.#source === source;
  }

  get(source: string): unknown {
    if (this.#more !== undefined) return this.#more.get(source);
    return this.#source === source ? this.#value : undefined;
  }

  set(source: string, value: unknown): void {
    if (this.#more !== undefined) this.#more.set(source, value);
    else if (this.#source === undefined || this.#source === source) {
      this.#source = source;
      this.#value = value;
    } else {
      this.#more = new Map([
        [this.#source, this.#value],
        [source, value],
      ]);
      this.#source = undefined;
      this.#value = undefined;
    }
  }

  delete(source: string): void {
    if (this.#more !== undefined) this.#more.delete(source);
    else if (this.#source === source) {
      this.#source = undefined;
      this.#value = undefined;
    }
    if (this.#more?.size === 0) this.#more = undefined;
  }

  /** Values with their sources, ordered by source. */
  entries(): readonly (readonly [source: string, value: unknown])[] {
    if (this.#source !== undefined) return [[this.#source, this.#value]];
    return [...(this.#more ?? NONE)].sort(([a], [b]) => (a < b ? -1 : 1));
  }

  /** The value of the first source. */
  first(): unknown {
    return this.#source === undefined ? this.entries()[0]?.[1] : this.#value;
  }

  addReader(reader: R): void {
    if (this.#readers !== undefined) this.#readers.add(reader);
    else if (this.#reader === undefined) this.#reader = reader;
    else if (this.#reader !== reader) {
      this.#readers = new Set([this.#reader, reader]);
      this.#reader = undefined;
    }
  }

  removeReader(reader: R): void {
    this.#readers?.delete(reader);
    if (this.#readers?.size === 0) this.#readers = undefined;
    if (this.#reader === reader) this.#reader = undefined;
  }

  readers(): Iterable<R> {
    return this.#readers ?? (this.#reader === undefined ? [] : [this.#reader]);
  }
}
