import { ContrailError } from "@contrail/errors";

interface Queue {
  tail: Promise<void>;
  /** Tasks that have not ended, the one that runs among them. */
  length: number;
}

/** Runs tasks of the same key one after the other, in the order of their calls; those of other keys side by side. */
export class KeyedLock {
  readonly #queues = new Map<string, Queue>();

  /**
   * Resolves or rejects as the task does. maxWaiting: where so many wait for the key already, rejects with
   * "lock.too_many_requests" and the task is not run.
   */
  async run<T>(key: string, task: () => Promise<T>, maxWaiting = Number.POSITIVE_INFINITY): Promise<T> {
    const queue = this.#queues.get(key) ?? { tail: Promise.resolve(), length: 0 };
    if (queue.length > maxWaiting) {
      throw new ContrailError("lock.too_many_requests", `${maxWaiting} wait for ${key} already; try again later`);
    }
    const before = queue.tail;
    const done = Promise.withResolvers<void>();
    queue.tail = done.promise;
    queue.length++;
    this.#queues.set(key, queue);
    try {
      await before;
      return await task();
    } finally {
      done.resolve();
      if (--queue.length === 0) this.#queues.delete(key);
    }
  }
}
