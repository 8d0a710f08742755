import type { BusRecord } from "@contrail/bus";
import { AskedWorker } from "@contrail/runtime";
import type { LogReadAnswer, LogRequest } from "./log-messages.ts";

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
  const program = new URL(WORKER, import.meta.url);
  const log = new WorkerLog(
    new AskedWorker({ program, data: { path }, code: "bus.unavailable", what: "the log file" }),
  );
  await log.highWaterMark("");
  return log;
}

class WorkerLog implements Log {
  readonly #file: AskedWorker<LogRequest>;
  readonly #listeners = new Map<string, Set<() => void>>();
  readonly #compactedAt = new Map<string, bigint>();

  constructor(file: AskedWorker<LogRequest>) {
    this.#file = file;
  }

  async append(topic: string, records: readonly BusRecord[]): Promise<bigint> {
    const first = await this.#file.ask<bigint>({ kind: "append", append: { topic, records } });
    for (const callback of this.#listeners.get(topic) ?? []) callback();
    const end = first + BigInt(records.length);
    if (end - (this.#compactedAt.get(topic) ?? 0n) >= COMPACT_EVERY) {
      this.#compactedAt.set(topic, end);
      void this.compact(topic).catch(() => undefined); // The next one tries again.
    }
    return first;
  }

  read(topic: string, fromOffset: bigint, limit: number): Promise<LogReadAnswer> {
    return this.#file.ask({ kind: "read", topic, fromOffset, limit });
  }

  highWaterMark(topic: string): Promise<bigint> {
    return this.#file.ask({ kind: "high-water-mark", topic });
  }

  async compact(topic: string, tombstoneRetention = TOMBSTONE_RETENTION): Promise<number> {
    const tombstonesBelow = (await this.highWaterMark(topic)) - tombstoneRetention;
    return this.#file.ask({ kind: "compact", topic, tombstonesBelow });
  }

  onAppend(topic: string, callback: () => void): () => void {
    const listeners = this.#listeners.get(topic) ?? new Set();
    this.#listeners.set(topic, listeners.add(callback));
    return () => {
      listeners.delete(callback);
    };
  }

  close(): Promise<void> {
    return this.#file.close({ kind: "close" });
  }
}
