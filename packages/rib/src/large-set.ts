/** So many members are in one set; with more of them there is one for each block of numbers. */
const MAX_WHOLE = 8_192;
/** A block is of 4,096 numbers. */
const BLOCK_BITS = 12;

/** What can be a member: numbers are small and near one another; two members may have the same. */
export interface Numbered {
  readonly number: number;
}

/**
 * A set of perhaps millions. One that grows by doubling is copied as a whole each time, which holds up the event loop for
 * tens of milliseconds when it is large; here each block of numbers grows by itself.
 */
export class LargeSet<Member extends Numbered> {
  /** Undefined once there are blocks. */
  #whole: Set<Member> | undefined = new Set();
  readonly #blocks = new Map<number, Set<Member>>();
  #size = 0;

  get size(): number {
    return this.#whole?.size ?? this.#size;
  }

  has(member: Member): boolean {
    return (this.#whole ?? this.#blocks.get(member.number >>> BLOCK_BITS))?.has(member) === true;
  }

  add(member: Member): this {
    if (this.#whole === undefined) this.#addToBlock(member);
    else if (this.#whole.add(member).size > MAX_WHOLE) this.#split(this.#whole);
    return this;
  }

  /** False where it is no member. */
  delete(member: Member): boolean {
    if (this.#whole !== undefined) return this.#whole.delete(member);
    const number = member.number >>> BLOCK_BITS;
    const block = this.#blocks.get(number);
    if (block?.delete(member) !== true) return false;
    this.#size--;
    if (block.size === 0) this.#blocks.delete(number);
    if (this.#size === 0) this.#whole = new Set();
    return true;
  }

  /** Members, which may be deleted meanwhile. */
  *values(): Generator<Member, undefined> {
    if (this.#whole === undefined) for (const block of this.#blocks.values()) yield* block;
    else yield* this.#whole;
  }

  [Symbol.iterator](): Generator<Member, undefined> {
    return this.values();
  }

  #addToBlock(member: Member): void {
    const number = member.number >>> BLOCK_BITS;
    let block = this.#blocks.get(number);
    if (block === undefined) {
      block = new Set();
      this.#blocks.set(number, block);
    }
    const before = block.size;
    this.#size += block.add(member).size - before;
  }

  #split(whole: Set<Member>): void {
    this.#whole = undefined;
    for (const member of whole) this.#addToBlock(member);
  }
}
