/** Requests that are sent as one, and their bytes, unless one alone has more. */
const LARGEST = 64;
const LARGEST_BYTES = 256 * 1024;

/** What requests may not go together; all may where absent. */
export interface Bounds<Q> {
  /** The row that a request is about: two for the same one go one after the other. */
  rowOf(request: Q): string;
  bytesOf(request: Q): number;
}

interface Waiting<Q, A> {
  readonly request: Q;
  readonly answer: PromiseWithResolvers<A>;
}

/**
 * Sends requests to one partition that come while others are under way together: one message instead of many, and for
 * conditional writes one agreement. What is sent begins after it was asked for, so that no answer is older than its question.
 */
export class Together<Q, A> {
  readonly #send: (requests: readonly Q[]) => Promise<readonly A[]>;
  readonly #bounds: Bounds<Q> | undefined;
  readonly #queues = new Map<string, Waiting<Q, A>[]>();

  /** send: gives the answers in the order of the requests, or rejects for all of them. */
  constructor(send: (requests: readonly Q[]) => Promise<readonly A[]>, bounds?: Bounds<Q>) {
    this.#send = send;
    this.#bounds = bounds;
  }

  /** Resolves when the request is done; the order of requests to a partition is kept for those about one row only. */
  run(partition: string, request: Q): Promise<A> {
    const waiting: Waiting<Q, A> = { request, answer: Promise.withResolvers<A>() };
    const queue = this.#queues.get(partition);
    if (queue === undefined) {
      this.#queues.set(partition, [waiting]);
      void this.#serve(partition);
    } else queue.push(waiting);
    return waiting.answer.promise;
  }

  async #serve(partition: string): Promise<void> {
    // Those that come in the same turn go together.
    await null;
    const queue = this.#queues.get(partition) ?? [];
    while (queue.length > 0) {
      const batch = this.#take(queue);
      try {
        const answers = await this.#send(batch.map(({ request }) => request));
        // send() gives as many as there are.
        for (const [index, { answer }] of batch.entries()) answer.resolve(answers[index] as A);
      } catch (reason) {
        for (const { answer } of batch) answer.reject(reason);
      }
    }
    this.#queues.delete(partition);
  }

  /** Takes the next ones out of a queue that go together. */
  #take(queue: Waiting<Q, A>[]): readonly Waiting<Q, A>[] {
    if (this.#bounds === undefined) return queue.splice(0, LARGEST);
    const rows = new Set<string>();
    const batch: Waiting<Q, A>[] = [];
    let bytes = 0;
    for (let index = 0; batch.length < LARGEST; ) {
      const next = queue[index];
      if (next === undefined) break;
      const row = this.#bounds.rowOf(next.request);
      if (rows.has(row)) {
        index++;
        continue;
      }
      bytes += this.#bounds.bytesOf(next.request);
      if (batch.length > 0 && bytes > LARGEST_BYTES) break;
      rows.add(row);
      batch.push(next);
      queue.splice(index, 1);
    }
    return batch;
  }
}
