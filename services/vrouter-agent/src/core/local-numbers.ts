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

/** The table as it is kept in a file: kind to key to number. */
export type SavedNumbers = Readonly<Partial<Record<NumberKind, Readonly<Record<string, number>>>>>;

/**
 * Numbers that mean something on this host only. A key keeps its number across restarts of the agent, so that the rows
 * of a new agent are those of the old one; a new key gets the lowest free number.
 */
export class LocalNumbers {
  readonly #numbers = new Map<NumberKind, Map<string, number>>();
  readonly #taken = new Map<NumberKind, Set<number>>();
  readonly #used = new Set<string>();
  #changed = false;

  constructor(saved: SavedNumbers = {}) {
    for (const kind of Object.keys(RANGES) as NumberKind[]) {
      const entries = Object.entries(saved[kind] ?? {});
      this.#numbers.set(kind, new Map(entries));
      this.#taken.set(kind, new Set(entries.map(([, number]) => number)));
    }
  }

  /** The key's number. Throws RangeError where none is left. */
  numberOf(kind: NumberKind, key: string): number {
    this.#used.add(`${kind} ${key}`);
    const numbers = this.#of(kind);
    const known = numbers.get(key);
    if (known !== undefined) return known;
    const taken = this.#takenOf(kind);
    const [first, last] = RANGES[kind];
    for (let number = first; number <= last; number++) {
      if (taken.has(number)) continue;
      numbers.set(key, number);
      taken.add(number);
      this.#changed = true;
      return number;
    }
    throw new RangeError(`no ${kind} number is left`);
  }

  /** Starts a round: keys not asked for until freeUnused() count as unused. */
  startRound(): void {
    this.#used.clear();
  }

  /** Frees the numbers of keys that were not asked for in this round. */
  freeUnused(): void {
    for (const [kind, numbers] of this.#numbers) {
      for (const [key, number] of numbers) {
        if (this.#used.has(`${kind} ${key}`)) continue;
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
    return Object.fromEntries([...this.#numbers].map(([kind, numbers]) => [kind, Object.fromEntries(numbers)]));
  }

  #of(kind: NumberKind): Map<string, number> {
    return this.#numbers.get(kind) ?? new Map();
  }

  #takenOf(kind: NumberKind): Set<number> {
    return this.#taken.get(kind) ?? new Set();
  }
}
