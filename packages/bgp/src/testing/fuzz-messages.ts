import { frameMessage, UPDATE } from "../message/header.ts";
import type { Update } from "../update/update.ts";
import { fuzzCorpus, partsOf } from "./fuzz-corpus.ts";
import { type FuzzRandom, mutate } from "./fuzz-mutation.ts";

/** Most messages that are changed further; what is new then takes the place of another. */
const MAX_LEARNT = 1_000;
const MAX_SIGNATURES = 100_000;
/** A longer message costs more and shows no more. */
const MAX_LEARNT_BYTES = 600;
/** One message of so many is no UPDATE. */
const OTHERS_PART = 8;

/** Good messages with something changed; what showed something new is changed further. The same numbers, the same messages. */
export class FuzzMessages {
  readonly #random: FuzzRandom;
  readonly #updates = fuzzCorpus().filter((message) => partsOf(message).type === UPDATE);
  readonly #others = fuzzCorpus().filter((message) => partsOf(message).type !== UPDATE);
  readonly #given = this.#updates.length;
  readonly #seen = new Set<string>();

  constructor(random: FuzzRandom) {
    this.#random = random;
  }

  /** Messages that are changed. */
  get size(): number {
    return this.#updates.length + this.#others.length;
  }

  /** One more message, whole. */
  next(): Uint8Array {
    const pool = this.#random.below(OTHERS_PART) === 0 ? this.#others : this.#updates;
    const { type, body } = partsOf(this.#pick(pool));
    return frameMessage(type, mutate(body, partsOf(this.#pick(pool)).body, type === UPDATE, this.#random));
  }

  /** Takes over an UPDATE that is good, where it is of a shape that has not been seen. */
  learn(shape: string, message: Uint8Array): void {
    const full = this.#seen.size >= MAX_SIGNATURES;
    if (full || message.length > MAX_LEARNT_BYTES || this.#seen.has(shape)) return;
    this.#seen.add(shape);
    if (this.#updates.length < this.#given + MAX_LEARNT) this.#updates.push(message);
    else this.#updates[this.#given + this.#random.below(MAX_LEARNT)] = message;
  }

  #pick(pool: readonly Uint8Array[]): Uint8Array {
    const message = pool[this.#random.below(pool.length)];
    if (message === undefined) throw new RangeError("no messages to change");
    return message;
  }
}

/** Which attributes and how many routes of which family an UPDATE has, roughly. */
export function shapeOf({ unreach, reach, announced }: Update): string {
  const size = (count: number) => Math.min(3, count);
  const lists = [...unreach, ...reach].map(({ family, routes }) => `${family} ${size(routes.length)}`);
  const attributes = Object.entries(announced?.attributes ?? {}).map(([name, value]) => {
    const there = value !== undefined && (!Array.isArray(value) || value.length > 0);
    return there ? name : "";
  });
  return [...lists, ...attributes].join();
}
