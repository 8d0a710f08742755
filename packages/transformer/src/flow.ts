import { Cell } from "./cell.ts";
import type { DerivedLinks, DerivedObject } from "./derived.ts";
import type { DesiredState } from "./desired-state.ts";
import type { Fact, FactTable } from "./fact-table.ts";
import type { NumberPool, OwnerInScope } from "./numbers.ts";

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

/** A number that a step holds. */
interface Claim {
  readonly pool: NumberPool;
  readonly owner: string;
  readonly scope: string;
}

/** One rule for one key; what it has read, said and been given. */
interface Step {
  readonly rank: number;
  readonly key: string;
  reads: readonly Cell<Step>[];
  facts: readonly Fact[];
  claims: readonly Claim[];
}

/** The tables and the rules over them. */
export class Flow {
  readonly #rules: readonly Rule[];
  readonly #desired: DesiredState;
  readonly #tables = new Map<FactTable<unknown>, Map<string, Cell<Step>>>();
  readonly #ranksOn = new Map<FactTable<unknown>, number[]>();
  readonly #steps: readonly Map<string, Step>[];
  readonly #dirty: readonly Set<string>[];
  /** Steps that got no number, with what the pool had freed by then. */
  readonly #starved = new Map<Step, { readonly pool: NumberPool; readonly freed: number }>();
  /** Steps by what they hold: they run again where it is revoked. */
  readonly #claimants = new Map<NumberPool, Map<string, Set<Step>>>();
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
    const known = cell.has(source);
    // The cell's values came through this function, with this table.
    const isSame = value === undefined ? !known : known && table.same(cell.get(source) as V, value);
    if (!isSame) {
      if (value === undefined) cell.delete(source);
      else cell.set(source, value);
      for (const { rank, key: reader } of cell.readers()) this.#mark(rank, reader);
      for (const rank of this.#ranksOn.get(table) ?? []) this.#mark(rank, key);
    }
    this.#drop(cell);
  }

  /** The value of a source under a key as it is now. */
  get<V>(table: FactTable<V>, key: string, source: string): V | undefined {
    return this.#tables.get(table)?.get(key)?.get(source) as V | undefined; // It was put with this table.
  }

  /** Runs what has to run. */
  calculate(): void {
    this.#askAgain();
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
    const reads = new Set<Cell<Step>>();
    const claims: Claim[] = [];
    this.#starved.delete(step);
    const there = (this.#tables.get(rule.on)?.get(key)?.size ?? 0) > 0;
    const output = there ? rule.run(key, this.#reader(step, reads, claims)) : {};
    for (const cell of reads) cell.addReader(step);
    for (const cell of step.reads) {
      if (reads.has(cell)) continue;
      cell.removeReader(step);
      this.#drop(cell);
    }
    step.reads = [...reads];
    this.#replaceFacts(step, output.facts ?? NOTHING);
    this.#replaceClaims(step, claims);
    this.#desired.want(`${rule.name} ${key}`, output.objects ?? NOTHING, output.links ?? NOTHING);
    if (there) this.#steps[rank]?.set(key, step);
    else this.#steps[rank]?.delete(key);
  }

  #replaceFacts(step: Step, facts: readonly Fact[]): void {
    const kept = new Set(step.facts.length === 0 ? NOTHING : facts.map(factKey));
    for (const old of step.facts) {
      if (!kept.has(factKey(old))) this.put(old.table, old.key, old.source, undefined);
    }
    for (const { table, key, source, value } of facts) this.put(table, key, source, value);
    step.facts = facts;
  }

  #replaceClaims(step: Step, claims: readonly Claim[]): void {
    for (const claim of step.claims) {
      if (claims.some((kept) => sameClaim(kept, claim))) continue;
      claim.pool.free(claim.owner, claim.scope);
      this.#claimantsOf(claim.pool, claim).delete(step);
    }
    for (const claim of claims) this.#claimantsOf(claim.pool, claim).add(step);
    for (const { pool, owner, scope } of step.claims) {
      if (this.#claimantsOf(pool, { owner, scope }).size === 0) this.#claimants.get(pool)?.delete(`${scope}\n${owner}`);
    }
    step.claims = claims.length === 0 ? NOTHING : claims;
  }

  #claimantsOf(pool: NumberPool, { owner, scope }: OwnerInScope): Set<Step> {
    const key = `${scope}\n${owner}`;
    const ofPool = this.#claimants.get(pool) ?? new Map<string, Set<Step>>();
    const steps = ofPool.get(key) ?? new Set<Step>();
    this.#claimants.set(pool, ofPool.set(key, steps));
    return steps;
  }

  /** Whose number was revoked asks for another one. */
  #askAgain(): void {
    for (const [pool, steps] of this.#claimants) {
      for (const { owner, scope } of pool.takeRevoked()) {
        for (const { rank, key } of steps.get(`${scope}\n${owner}`) ?? NOTHING) this.#mark(rank, key);
      }
    }
  }

  #reader(step: Step, reads: Set<Cell<Step>>, claims: Claim[]): Reader {
    const cellOf = (table: FactTable<unknown>, key: string): Cell<Step> => {
      const cell = this.#cell(table, key);
      reads.add(cell);
      return cell;
    };
    return {
      // The values of a cell were put with its table.
      values: <V>(table: FactTable<V>, key: string) =>
        cellOf(table, key).entries() as readonly (readonly [string, V])[],
      value: <V>(table: FactTable<V>, key: string) => cellOf(table, key).first() as V | undefined,
      has: (table, key, source) => cellOf(table, key).has(source),
      number: (pool, owner, scope = "") => {
        const number = pool.numberOf(owner, scope);
        if (number === undefined) this.#starved.set(step, { pool, freed: pool.freed });
        else claims.push({ pool, owner, scope });
        return number;
      },
    };
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

  #cell(table: FactTable<unknown>, key: string): Cell<Step> {
    let cells = this.#tables.get(table);
    if (cells === undefined) {
      cells = new Map();
      this.#tables.set(table, cells);
    }
    const known = cells.get(key);
    if (known !== undefined) return known;
    const made = new Cell<Step>(table, key);
    cells.set(key, made);
    return made;
  }

  #drop(cell: Cell<Step>): void {
    if (cell.isIdle) this.#tables.get(cell.table)?.delete(cell.key);
  }
}

const NOTHING: readonly never[] = [];

function newStep(rank: number, key: string): Step {
  return { rank, key, reads: NOTHING, facts: NOTHING, claims: NOTHING };
}

function sameClaim(a: Claim, b: Claim): boolean {
  return a.pool === b.pool && a.owner === b.owner && a.scope === b.scope;
}

function factKey({ table, key, source }: Fact): string {
  return `${table.name}\n${key}\n${source}`;
}
