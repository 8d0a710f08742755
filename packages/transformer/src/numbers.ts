/** First and last number of a pool, inclusive. */
export interface NumberRange {
  readonly first: number;
  readonly last: number;
}

/**
 * Numbers by owner. The numbers of owners that are in the store are learnt from them: a restart gives every owner its old
 * one, and a number is not given again while somebody in the store still has it. A new owner gets the lowest free number.
 * Scopes are apart from each other: the same number may be given in each (VLANs of each machine).
 */
export class NumberPool {
  readonly #scopes = new Map<string, Scope>();
  readonly #range: NumberRange;
  /** Rises with every number that became free: who got none may ask again. */
  freed = 0;
  #revoked: OwnerInScope[] = [];

  constructor(range: NumberRange) {
    this.#range = range;
  }

  /** The owner's number; given at the first call. Undefined where none is left. */
  numberOf(owner: string, scope = ""): number | undefined {
    return this.#scope(scope).numberOf(owner);
  }

  /**
   * Notes the number that an owner has in the store; undefined where the owner is gone, or has none. The store is right:
   * what was given otherwise, here or by a node that led before, is revoked.
   */
  learn(owner: string, number: number | undefined, scope = ""): void {
    if (number === undefined && !this.#scopes.has(scope)) return;
    const { isFreed, revoked } = this.#scope(scope).learn(owner, number);
    for (const each of revoked) this.#revoked.push({ owner: each, scope });
    if (isFreed || revoked.length > 0) this.freed++;
    this.#drop(scope);
  }

  /** Owners who have to ask again since the last call. */
  takeRevoked(): readonly OwnerInScope[] {
    const taken = this.#revoked;
    this.#revoked = [];
    return taken;
  }

  /** Gives an owner's number back. */
  free(owner: string, scope = ""): void {
    this.#scopes.get(scope)?.free(owner);
    this.freed++;
    this.#drop(scope);
  }

  #scope(name: string): Scope {
    const known = this.#scopes.get(name);
    if (known !== undefined) return known;
    const made = new Scope(this.#range);
    this.#scopes.set(name, made);
    return made;
  }

  #drop(scope: string): void {
    if (this.#scopes.get(scope)?.isEmpty) this.#scopes.delete(scope);
  }
}

/** Whose number it is, and where. */
export interface OwnerInScope {
  readonly owner: string;
  readonly scope: string;
}

/** Pools of the same numbers by the range that they are taken from; a range is chosen by the configuration. */
export class RangedPools {
  readonly #pools = new Map<string, NumberPool>();
  readonly #learnt = new Map<string, number>();

  /** The pool of a range: what is in the store and fits is known to it. */
  within(range: NumberRange): NumberPool {
    const key = `${range.first}-${range.last}`;
    const known = this.#pools.get(key);
    if (known !== undefined) return known;
    const made = new NumberPool(range);
    for (const [owner, number] of this.#learnt) made.learn(owner, number);
    this.#pools.set(key, made);
    return made;
  }

  /** Notes the number that an owner has in the store; undefined where it has none. */
  learn(owner: string, number: number | undefined): void {
    if (number === undefined) this.#learnt.delete(owner);
    else this.#learnt.set(owner, number);
    for (const pool of this.#pools.values()) pool.learn(owner, number);
  }
}

class Scope {
  readonly #given = new Map<string, number>();
  /** Owners by the number that they were given. */
  readonly #givenTo = new Map<number, string>();
  readonly #stored = new Map<string, number>();
  /** How many owners have a number, given or stored. */
  readonly #users = new Map<number, number>();
  readonly #range: NumberRange;
  #lowest: number;

  constructor(range: NumberRange) {
    this.#range = range;
    this.#lowest = range.first;
  }

  get isEmpty(): boolean {
    return this.#given.size === 0 && this.#stored.size === 0;
  }

  numberOf(owner: string): number | undefined {
    const known = this.#given.get(owner);
    if (known !== undefined) return known;
    const stored = this.#stored.get(owner);
    const number = stored !== undefined && this.#isOwn(owner, stored) ? stored : this.#lowestFree();
    if (number === undefined) return undefined;
    this.#given.set(owner, number);
    this.#givenTo.set(number, owner);
    this.#count(number, 1);
    return number;
  }

  /** isFreed: a number was let go; revoked: owners that have to ask again. */
  learn(owner: string, number: number | undefined): { readonly isFreed: boolean; readonly revoked: readonly string[] } {
    const before = this.#stored.get(owner);
    if (before === number) return { isFreed: false, revoked: [] };
    if (before !== undefined) this.#count(before, -1);
    if (number === undefined) this.#stored.delete(owner);
    else {
      this.#stored.set(owner, number);
      this.#count(number, 1);
    }
    return { isFreed: before !== undefined, revoked: number === undefined ? [] : this.#revoke(owner, number) };
  }

  /** Takes away what does not go with a number that an owner has in the store. */
  #revoke(owner: string, number: number): readonly string[] {
    const revoked: string[] = [];
    const other = this.#givenTo.get(number);
    if (other !== undefined && other !== owner && this.#stored.get(other) !== number) revoked.push(other);
    for (const each of revoked) this.free(each);
    const given = this.#given.get(owner);
    if (given === undefined || given === number || !this.#isOwn(owner, number)) return revoked;
    this.free(owner);
    return [...revoked, owner];
  }

  free(owner: string): void {
    const number = this.#given.get(owner);
    if (number === undefined) return;
    this.#given.delete(owner);
    this.#givenTo.delete(number);
    this.#count(number, -1);
  }

  /** True where a stored number fits the range and no other owner has been given it. */
  #isOwn(owner: string, number: number): boolean {
    const others = (this.#users.get(number) ?? 0) - (this.#stored.get(owner) === number ? 1 : 0);
    return this.#fits(number) && others === 0;
  }

  #lowestFree(): number | undefined {
    while (this.#users.has(this.#lowest) && this.#lowest <= this.#range.last) this.#lowest++;
    return this.#lowest > this.#range.last ? undefined : this.#lowest;
  }

  #fits(number: number): boolean {
    return number >= this.#range.first && number <= this.#range.last;
  }

  #count(number: number, change: number): void {
    const users = (this.#users.get(number) ?? 0) + change;
    if (users > 0) {
      this.#users.set(number, users);
      return;
    }
    this.#users.delete(number);
    if (this.#fits(number)) this.#lowest = Math.min(this.#lowest, number);
  }
}
