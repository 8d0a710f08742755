/** What local numbers are given for, with the lowest and highest number of each. */
const RANGES = {
  vrf: [1, 65_535],
  interface: [1, 4_351],
  "next-hop": [1, 1_000_000],
  label: [16, 1_048_575],
  "group-set": [1, 65_535],
  acl: [1, 65_535],
} as const;

export type NumberKind = keyof typeof RANGES;

/** The table as it is kept in a file: kind to key to number; under "last" the number of each kind that was given last. */
export type SavedNumbers = Readonly<Partial<Record<NumberKind | "last", Readonly<Record<string, number>>>>>;

/**
 * Numbers that mean something on this host only. A key keeps its number across restarts of the agent, so that the rows
 * of a new agent are those of the old one.
 *
 * A new key gets the next free number after the one given last, and begins again at the end of the range: a label that
 * has just been freed may still be in use on another host, and must not lead into another tenant's machine there. So the
 * number given last is kept over a restart as well, and labels begin anywhere where there was no table.
 */
export class LocalNumbers {
  readonly #numbers = new Map<NumberKind, Map<string, number>>();
  readonly #taken = new Map<NumberKind, Set<number>>();
  readonly #last = new Map<NumberKind, number>();
  readonly #used = new Map<NumberKind, Set<string>>();
  #changed = false;

  /** Throws RangeError where the saved table gives a number twice, or one that is out of range. */
  constructor(saved: SavedNumbers = {}) {
    const lastGiven = new Map(Object.entries(saved.last ?? {}));
    for (const kind of Object.keys(RANGES) as NumberKind[]) {
      const entries = Object.entries(saved[kind] ?? {});
      const taken = new Set(entries.map(([, number]) => number));
      const [first, last] = RANGES[kind];
      const given = lastGiven.get(kind) ?? highest(taken, first - 1);
      const valid = [...taken, Math.max(given, first)].every(
        (number) => Number.isInteger(number) && number >= first && number <= last,
      );
      if (!valid || taken.size < entries.length) throw new RangeError(`saved ${kind} numbers make no table`);
      this.#used.set(kind, new Set());
      this.#numbers.set(kind, new Map(entries));
      this.#taken.set(kind, taken);
      this.#last.set(kind, given);
    }
  }

  /** The key's number. Throws RangeError where none is left. */
  numberOf(kind: NumberKind, key: string): number {
    this.#used.get(kind)?.add(key);
    const known = this.#of(kind).get(key);
    if (known !== undefined) return known;
    const number = this.#nextFree(kind);
    this.#of(kind).set(key, number);
    this.#takenOf(kind).add(number);
    this.#last.set(kind, number);
    this.#changed = true;
    return number;
  }

  /** Starts a round: keys not asked for until freeUnused() count as unused. */
  startRound(): void {
    for (const keys of this.#used.values()) keys.clear();
  }

  /** Frees the numbers of keys that were not asked for in this round. */
  freeUnused(): void {
    for (const [kind, numbers] of this.#numbers) {
      for (const [key, number] of numbers) {
        if (this.#used.get(kind)?.has(key) === true) continue;
        numbers.delete(key);
        this.#takenOf(kind).delete(number);
        this.#changed = true;
      }
    }
  }

  /** The table to be saved; undefined where it has not changed since the last call. */
  takeChanges(): SavedNumbers | undefined {
    if (!this.#changed) return undefined;
    this.#changed = false;
    const tables = [...this.#numbers].map(([kind, numbers]) => [kind, Object.fromEntries(numbers)] as const);
    return { ...Object.fromEntries(tables), last: Object.fromEntries(this.#last) };
  }

  #nextFree(kind: NumberKind): number {
    const [first, last] = RANGES[kind];
    const taken = this.#takenOf(kind);
    const from = this.#last.get(kind) ?? first - 1;
    for (let number = from + 1; number <= last; number++) if (!taken.has(number)) return number;
    for (let number = first; number <= from; number++) if (!taken.has(number)) return number;
    throw new RangeError(`no ${kind} number is left`);
  }

  #of(kind: NumberKind): Map<string, number> {
    return this.#numbers.get(kind) ?? new Map();
  }

  #takenOf(kind: NumberKind): Set<number> {
    return this.#taken.get(kind) ?? new Set();
  }
}

function highest(numbers: Iterable<number>, least: number): number {
  let found = least;
  for (const number of numbers) found = Math.max(found, number);
  return found;
}

/** What stands in place of a table that there is none of: labels begin at a place of the range, 0 up to 1. */
export function noTable(place: number): SavedNumbers {
  const [first, last] = RANGES.label;
  return { last: { label: first - 1 + Math.floor(place * (last - first + 1)) } };
}
