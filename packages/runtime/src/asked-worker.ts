import { Worker } from "node:worker_threads";
import { ContrailError } from "@contrail/errors";

/** A request with the number that its answer bears. */
export interface WorkerQuestion<Q> {
  readonly id: number;
  readonly request: Q;
}

/** The answer to the question with the same id; a failed one carries its ContrailError in parts. */
export type WorkerAnswer =
  | { readonly id: number; readonly value: unknown }
  | {
      readonly id: number;
      readonly code: string;
      readonly message: string;
      readonly fields: Readonly<Record<string, unknown>>;
    };

/** What a worker runs, and how its end is told. */
export interface AskedWorkerOptions {
  readonly program: URL;
  /** What the program finds as workerData. */
  readonly data: unknown;
  /** Code of the error that those get who wait, or ask later, when the thread has ended. */
  readonly code: string;
  /** For messages: "the store". */
  readonly what: string;
}

/**
 * A thread that is asked, and answers in any order. Questions and answers pass in arrays: what is asked for in one turn of
 * the event loop, by all callers together, is one message.
 */
export class AskedWorker<Q> {
  readonly #worker: Worker;
  readonly #options: AskedWorkerOptions;
  readonly #pending = new Map<number, PromiseWithResolvers<unknown>>();
  #asked: WorkerQuestion<Q>[] = [];
  #nextId = 0;
  #failure: ContrailError | undefined;

  constructor(options: AskedWorkerOptions) {
    this.#options = options;
    this.#worker = new Worker(options.program, { workerData: options.data });
    this.#worker.on("message", (answers: readonly WorkerAnswer[]) => {
      for (const answer of answers) this.#settle(answer);
    });
    this.#worker.on("error", (reason) => this.#fail(reason));
    this.#worker.on("exit", () => this.#fail(new Error("it is closed")));
  }

  /** T: what the program answers to a request of that kind. Rejects with its error, or where the thread has ended. */
  ask<T>(request: Q): Promise<T> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    const id = this.#nextId++;
    const pending = Promise.withResolvers<unknown>();
    this.#pending.set(id, pending);
    this.#asked.push({ id, request });
    if (this.#asked.length === 1) setImmediate(() => this.#send());
    return pending.promise as Promise<T>; // The caller knows what its program answers.
  }

  /** Ends the thread when it has answered a last request. */
  async close(last: Q): Promise<void> {
    if (this.#failure === undefined) await this.ask(last);
    await this.#worker.terminate();
  }

  #send(): void {
    const asked = this.#asked;
    this.#asked = [];
    try {
      this.#worker.postMessage(asked);
    } catch (reason) {
      // What cannot be cloned is the fault of who asked; nobody waits for ever.
      for (const { id } of asked) {
        this.#pending.get(id)?.reject(reason);
        this.#pending.delete(id);
      }
    }
  }

  #settle(answer: WorkerAnswer): void {
    const pending = this.#pending.get(answer.id);
    this.#pending.delete(answer.id);
    if ("code" in answer) pending?.reject(new ContrailError(answer.code, answer.message, { fields: answer.fields }));
    else pending?.resolve(answer.value);
  }

  #fail(cause: unknown): void {
    const { code, what } = this.#options;
    const { message } = ContrailError.from(cause);
    this.#failure ??= new ContrailError(code, `the thread of ${what} has ended: ${message}`, { cause });
    for (const pending of this.#pending.values()) pending.reject(this.#failure);
    this.#pending.clear();
  }
}
