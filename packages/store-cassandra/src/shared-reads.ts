interface Reading<T> {
  /** Resolves when it is over, however it ended. */
  readonly over: Promise<void>;
  /** The read after it; undefined while nobody wants one. */
  next: Promise<T> | undefined;
}

/**
 * Reads of the same thing by many callers. Those that come while one is under way share the one after it: an answer is
 * never older than the question. At most one read of a thing is under way, and one waits.
 */
export class SharedReads<T> {
  readonly #read: (key: string) => Promise<T>;
  readonly #underWay = new Map<string, Reading<T>>();

  constructor(read: (key: string) => Promise<T>) {
    this.#read = read;
  }

  /** Gives what a read that begins now, or later, finds. Rejects as that read does. */
  run(key: string): Promise<T> {
    const reading = this.#underWay.get(key);
    if (reading === undefined) return this.#start(key);
    reading.next ??= reading.over.then(() => this.#start(key));
    return reading.next;
  }

  #start(key: string): Promise<T> {
    const answer = this.#read(key);
    const end = (): void => {
      if (reading.next === undefined) this.#underWay.delete(key);
    };
    const reading: Reading<T> = { over: answer.then(end, end), next: undefined };
    this.#underWay.set(key, reading);
    return answer;
  }
}
