import type { Parameter } from "./session.ts";

/** Statements that are sent as one. */
const LARGEST = 64;

interface Waiting {
  readonly parameters: readonly Parameter[];
  readonly answer: PromiseWithResolvers<void>;
}

/** Sends writes to one partition that come while another one is under way together: one mutation instead of many. */
export class Together {
  readonly #send: (writes: readonly (readonly Parameter[])[]) => Promise<void>;
  readonly #queues = new Map<string, Waiting[]>();

  constructor(send: (writes: readonly (readonly Parameter[])[]) => Promise<void>) {
    this.#send = send;
  }

  /** Resolves when the write is done; the order of writes to a partition is not kept. */
  run(partition: string, parameters: readonly Parameter[]): Promise<void> {
    const waiting: Waiting = { parameters, answer: Promise.withResolvers<void>() };
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
      const batch = queue.splice(0, LARGEST);
      try {
        await this.#send(batch.map(({ parameters }) => parameters));
        for (const { answer } of batch) answer.resolve();
      } catch (reason) {
        for (const { answer } of batch) answer.reject(reason);
      }
    }
    this.#queues.delete(partition);
  }
}
