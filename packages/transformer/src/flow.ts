import type { DerivedLinks, DerivedObject } from "./derived.ts";
import type { DesiredState } from "./desired-state.ts";
import type { Fact, FactTable } from "./fact-table.ts";
import type { NumberPool } from "./numbers.ts";

/**
 * A calculation over tables of facts. A rule runs once for each key of the table that it is on; it reads facts and gives
 * facts, derived objects and links. What it read is noted, so that it runs again exactly when one of these changes.
 *
 *     objects ──► rule 0 ──facts──► rule 1 ──facts──► … ──► derived objects, links
 *
 * Rules run in the order of their list, and a rule reads only what the input and earlier rules write: one pass in that
 * order is enough, whatever changed and in which order.
 */
export interface Rule {
  readonly name: string;
  readonly on: FactTable<unknown>;
  run(key: string, read: Reader): Output;
}

/** What a rule gives for one key; all of it replaces what it gave before. */
export interface Output {
  readonly facts?: readonly Fact[];
  readonly objects?: readonly DerivedObject[];
  readonly links?: readonly DerivedLinks[];
}

/** What a rule may look at. */
export interface Reader {
  /** Values under a key with their sources, ordered by source. */
  values<V>(table: FactTable<V>, key: string): readonly (readonly [source: string, value: V])[];
  /** The value of the first source under a key. */
  value<V>(table: FactTable<V>, key: string): V | undefined;
  /** True where a source has a value under a key. */
  has(table: FactTable<unknown>, key: string, source: string): boolean;
  /** The owner's number of a pool, kept as long as the rule asks for it. Undefined where none is left. */
  number(pool: NumberPool, owner: string, scope?: string): number | undefined;
}

interface Cell {
  readonly table: FactTable<unknown>;
  readonly key: string;
  readonly values: Map<string, unknown>;
  readonly readers: Set<Step>;
}

/** A number that a step holds. */
interface Claim {
  readonly pool: NumberPool;
  readonly owner: string;
  readonly scope: string;
}

/** One rule for one key. */
interface Step {
  readonly rank: number;
  readonly key: string;
  reads: Set<Cell>;
  facts: readonly Fact[];
  claims: ReadonlyMap<string, Claim>;
}

/** The tables and the rules over them. */
export class Flow {
  readonly #rules: readonly Rule[];
  readonly #desired: DesiredState;
  readonly #tables = new Map<FactTable<unknown>, Map<string, Cell>>();
  readonly #ranksOn = new Map<FactTable<unknown>, number[]>();
  readonly #steps: readonly Map<string, Step>[];
  readonly #dirty: readonly Set<string>[];
  /** Steps that got no number, with what the pool had freed by then. */
  readonly #starved = new Map<Step, { readonly pool: NumberPool; readonly freed: number }>();
  #running = -1;
  #evaluated = 0;

  constructor(rules: readonly Rule[], desired: DesiredState) {
    this.#rules = rules;
    this.#desired = desired;
    this.#steps = rules.map(() => new Map());
    this.#dirty = rules.map(() => new Set());
    for (const [rank, { on }] of rules.entries()) this.#ranksOn.set(on, [...(this.#ranksOn.get(on) ?? []), rank]);
  }

  /** Times that a rule has run for a key: what the changes have cost. */
  get evaluated(): number {
    return this.#evaluated;
  }

  /** Writes one fact of the input; undefined takes it away. */
  put<V>(table: FactTable<V>, key: string, source: string, value: V | undefined): void {
    const cell = this.#cell(table, key);
    const known = cell.values.has(source);
    // The cell's values came through this function, with this table.
    if (value === undefined ? !known : known && table.same(cell.values.get(source) as V, value)) {
      this.#drop(cell);
      return;
    }
    if (value === undefined) cell.values.delete(source);
    else cell.values.set(source, value);
    for (const { rank, key: reader } of cell.readers) this.#mark(rank, reader);
    for (const rank of this.#ranksOn.get(table) ?? []) this.#mark(rank, key);
    this.#drop(cell);
  }

  /** Runs what has to run. */
  calculate(): void {
    do {
      for (const [rank, keys] of this.#dirty.entries()) {
        this.#running = rank;
        for (const key of keys) this.#evaluate(rank, key);
        keys.clear();
      }
      this.#running = -1;
    } while (this.#feedStarved());
  }

  #evaluate(rank: number, key: string): void {
    const rule = this.#rules[rank];
    if (rule === undefined) return;
    this.#evaluated++;
    const step = this.#steps[rank]?.get(key) ?? newStep(rank, key);
    const before = step.reads;
    step.reads = new Set();
    const claims = new Map<string, Claim>();
    this.#starved.delete(step);
    const there = (this.#tables.get(rule.on)?.get(key)?.values.size ?? 0) > 0;
    const output = there ? rule.run(key, this.#reader(step, claims)) : {};
    for (const cell of step.reads) cell.readers.add(step);
    for (const cell of before.difference(step.reads)) {
      cell.readers.delete(step);
      this.#drop(cell);
    }
    this.#replaceFacts(step, output.facts ?? []);
    for (const [name, { pool, owner, scope }] of step.claims) if (!claims.has(name)) pool.free(owner, scope);
    step.claims = claims;
    this.#desired.want(`${rule.name} ${key}`, output.objects ?? [], output.links ?? []);
    if (there) this.#steps[rank]?.set(key, step);
    else this.#steps[rank]?.delete(key);
  }

  #replaceFacts(step: Step, facts: readonly Fact[]): void {
    const kept = new Set(facts.map(factKey));
    for (const old of step.facts) {
      if (!kept.has(factKey(old))) this.put(old.table, old.key, old.source, undefined);
    }
    for (const { table, key, source, value } of facts) this.put(table, key, source, value);
    step.facts = facts;
  }

  #reader(step: Step, claims: Map<string, Claim>): Reader {
    const valuesOf = (table: FactTable<unknown>, key: string): ReadonlyMap<string, unknown> => {
      const cell = this.#cell(table, key);
      step.reads.add(cell);
      return cell.values;
    };
    return {
      values<V>(table: FactTable<V>, key: string) {
        const values = valuesOf(table, key) as ReadonlyMap<string, V>; // They were put with this table.
        return [...values].sort(([a], [b]) => (a < b ? -1 : 1));
      },
      value<V>(table: FactTable<V>, key: string) {
        return this.values(table, key)[0]?.[1];
      },
      has: (table, key, source) => valuesOf(table, key).has(source),
      number: (pool, owner, scope = "") => {
        const number = pool.numberOf(owner, scope);
        if (number === undefined) this.#starved.set(step, { pool, freed: pool.freed });
        else claims.set(`${owner}\n${scope}\n${this.#poolId(pool)}`, { pool, owner, scope });
        return number;
      },
    };
  }

  readonly #pools = new Map<NumberPool, number>();

  #poolId(pool: NumberPool): number {
    const known = this.#pools.get(pool) ?? this.#pools.size;
    this.#pools.set(pool, known);
    return known;
  }

  /** True where somebody who got no number can ask again. */
  #feedStarved(): boolean {
    let found = false;
    for (const [step, { pool, freed }] of this.#starved) {
      if (pool.freed === freed) continue;
      this.#starved.delete(step);
      this.#mark(step.rank, step.key);
      found = true;
    }
    return found;
  }

  #mark(rank: number, key: string): void {
    if (rank <= this.#running) {
      throw new Error(`rule ${this.#rules[this.#running]?.name} changes what ${this.#rules[rank]?.name} has read`);
    }
    this.#dirty[rank]?.add(key);
  }

  #cell(table: FactTable<unknown>, key: string): Cell {
    let cells = this.#tables.get(table);
    if (cells === undefined) {
      cells = new Map();
      this.#tables.set(table, cells);
    }
    const known = cells.get(key);
    if (known !== undefined) return known;
    const made: Cell = { table, key, values: new Map(), readers: new Set() };
    cells.set(key, made);
    return made;
  }

  #drop(cell: Cell): void {
    if (cell.values.size === 0 && cell.readers.size === 0) this.#tables.get(cell.table)?.delete(cell.key);
  }
}

function newStep(rank: number, key: string): Step {
  return { rank, key, reads: new Set(), facts: [], claims: new Map() };
}

function factKey({ table, key, source }: Fact): string {
  return `${table.name}\n${key}\n${source}`;
}
