import { Worker } from "node:worker_threads";
import type { BusRecord } from "@contrail/bus";
import { ContrailError } from "@contrail/errors";
import type { LogAnswer, LogQuestion, LogReadAnswer, LogRequest } from "./log-messages.ts";

/** Records between two compactions of a topic. */
const COMPACT_EVERY = 10_000n;
/** Tombstones stay for this many records behind the end, so that slow readers see them. */
const TOMBSTONE_RETENTION = 100_000n;

/** The log of one server process: the file's thread, and waking of readers at each append. */
export interface Log {
  append(topic: string, records: readonly BusRecord[]): Promise<bigint>;
  read(topic: string, fromOffset: bigint, limit: number): Promise<LogReadAnswer>;
  highWaterMark(topic: string): Promise<bigint>;
  /** Removes what later records replaced; runs by itself as the topic grows. Gives the number of records removed. */
  compact(topic: string, tombstoneRetention?: bigint): Promise<number>;
  /** Calls back after each append to the topic, until the returned function is called. */
  onAppend(topic: string, callback: () => void): () => void;
  close(): Promise<void>;
}

/** The worker's program: beside this file, in a bundle as in the sources. */
const WORKER = import.meta.url.endsWith(".ts") ? "./log-worker.ts" : "./log-worker.js";

/** Opens the log in a file. Rejects with code "bus.unavailable" where the file cannot be opened. */
export async function openLog(path: string): Promise<Log> {
  const worker = new Worker(new URL(WORKER, import.meta.url), { workerData: { path } });
  const log = new WorkerLog(worker);
  await log.highWaterMark("");
  return log;
}

class WorkerLog implements Log {
  readonly #worker: Worker;
  readonly #pending = new Map<number, PromiseWithResolvers<unknown>>();
  readonly #listeners = new Map<string, Set<() => void>>();
  readonly #compactedAt = new Map<string, bigint>();
  #asked: LogQuestion[] = [];
  #nextId = 0;
  #failure: ContrailError | undefined;

  constructor(worker: Worker) {
    this.#worker = worker;
    worker.on("message", (answers: readonly LogAnswer[]) => {
      for (const answer of answers) this.#settle(answer);
    });
    worker.on("error", (reason) => this.#fail(reason));
    worker.on("exit", () => this.#fail(new Error("the log is closed")));
  }

  async append(topic: string, records: readonly BusRecord[]): Promise<bigint> {
    const first = (await this.#ask({ kind: "append", append: { topic, records } })) as bigint; // LogAnswer of append.
    for (const callback of this.#listeners.get(topic) ?? []) callback();
    const end = first + BigInt(records.length);
    if (end - (this.#compactedAt.get(topic) ?? 0n) >= COMPACT_EVERY) {
      this.#compactedAt.set(topic, end);
      void this.compact(topic).catch(() => undefined); // The next one tries again.
    }
    return first;
  }

  async read(topic: string, fromOffset: bigint, limit: number): Promise<LogReadAnswer> {
    return (await this.#ask({ kind: "read", topic, fromOffset, limit })) as LogReadAnswer; // LogAnswer of read.
  }

  async highWaterMark(topic: string): Promise<bigint> {
    return (await this.#ask({ kind: "high-water-mark", topic })) as bigint; // LogAnswer of high-water-mark.
  }

  async compact(topic: string, tombstoneRetention = TOMBSTONE_RETENTION): Promise<number> {
    const tombstonesBelow = (await this.highWaterMark(topic)) - tombstoneRetention;
    return (await this.#ask({ kind: "compact", topic, tombstonesBelow })) as number; // LogAnswer of compact.
  }

  onAppend(topic: string, callback: () => void): () => void {
    const listeners = this.#listeners.get(topic) ?? new Set();
    this.#listeners.set(topic, listeners.add(callback));
    return () => {
      listeners.delete(callback);
    };
  }

  async close(): Promise<void> {
    await this.#ask({ kind: "close" });
    await this.#worker.terminate();
  }

  #ask(request: LogRequest): Promise<unknown> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    const id = this.#nextId++;
    const pending = Promise.withResolvers<unknown>();
    this.#pending.set(id, pending);
    this.#asked.push({ id, request });
    if (this.#asked.length === 1) setImmediate(() => this.#send());
    return pending.promise;
  }

  /** What is asked for in one turn of the event loop is one message. */
  #send(): void {
    const asked = this.#asked;
    this.#asked = [];
    this.#worker.postMessage(asked);
  }

  #settle(answer: LogAnswer): void {
    const pending = this.#pending.get(answer.id);
    this.#pending.delete(answer.id);
    if ("error" in answer) pending?.reject(new ContrailError("bus.unavailable", answer.error));
    else pending?.resolve(answer.value);
  }

  #fail(reason: unknown): void {
    this.#failure ??= new ContrailError("bus.unavailable", "the log file's thread ended", { cause: reason });
    for (const pending of this.#pending.values()) pending.reject(this.#failure);
    this.#pending.clear();
  }
}
