import { randomUUID } from "node:crypto";
import { Worker } from "node:worker_threads";
import { ContrailError } from "@contrail/errors";
import type { ConfigObject } from "@contrail/schema";
import type {
  Allocation,
  AllocationRequest,
  ObjectStore,
  OutboxEntry,
  Removed,
  StoredRecord,
  StoredState,
} from "@contrail/store";
import { type ObjectRow, objectOf, rowOf } from "./object-row.ts";
import type { WrittenRow } from "./object-table.ts";
import type { StoreAnswer, StoreQuestion, StoreRequest } from "./store-messages.ts";

/** Objects read at a time by all(). */
const PAGE_OBJECTS = 1_000;

/** The worker's program: beside this file, in a bundle as in the sources. */
const WORKER = import.meta.url.endsWith(".ts") ? "./store-worker.ts" : "./store-worker.js";

/** Opens the store in a file, or in memory for ":memory:". Rejects with "store.unavailable" where it cannot. */
export async function openSqliteStore(path: string): Promise<ObjectStore> {
  const store = new SqliteStore(new Worker(new URL(WORKER, import.meta.url), { workerData: { path } }));
  await store.readKey("");
  return store;
}

class SqliteStore implements ObjectStore {
  readonly #worker: Worker;
  readonly #pending = new Map<number, PromiseWithResolvers<unknown>>();
  readonly #listeners = new Set<(entry: OutboxEntry) => void>();
  #asked: StoreQuestion[] = [];
  #nextId = 0;
  #failure: ContrailError | undefined;

  constructor(worker: Worker) {
    this.#worker = worker;
    worker.on("message", (answers: readonly StoreAnswer[]) => {
      for (const answer of answers) this.#settle(answer);
    });
    worker.on("error", (reason) => this.#fail(reason));
    worker.on("exit", () => this.#fail(new Error("the store is closed")));
  }

  newUuid(): string {
    return randomUUID();
  }

  async write(object: ConfigObject, expectedRevision: bigint | undefined, epoch?: bigint): Promise<ConfigObject> {
    const leased = object.derived ? object.epoch : epoch;
    const request = { kind: "write", written: writtenRow(object), expectedRevision, epoch: leased } as const;
    const revision = await this.#ask<bigint>(request);
    this.#tell({ uuid: object.uuid, revision });
    return { ...object, revision };
  }

  async remove(uuid: string, expectedRevision: bigint, epoch?: bigint): Promise<Removed> {
    const request = { kind: "remove", uuid, expectedRevision, epoch } as const;
    const { row, revision } = await this.#ask<{ row: ObjectRow; revision: bigint }>(request);
    this.#tell({ uuid, revision });
    return { object: objectOf(row), revision };
  }

  async read(uuid: string): Promise<ConfigObject | undefined> {
    const row = await this.#ask<ObjectRow | undefined>({ kind: "read", uuid });
    return row === undefined ? undefined : objectOf(row);
  }

  state(uuid: string): Promise<StoredState | undefined> {
    return this.#ask({ kind: "state", uuid });
  }

  findName(type: string, fqName: readonly string[]): Promise<string | undefined> {
    return this.#ask({ kind: "find-name", type, fqName: JSON.stringify(fqName) });
  }

  async *all(): AsyncGenerator<ConfigObject, void, undefined> {
    let after = "";
    for (;;) {
      const page = await this.#ask<ObjectRow[]>({ kind: "page", after, limit: PAGE_OBJECTS });
      for (const row of page) yield objectOf(row);
      const last = page.at(-1);
      if (last === undefined) return;
      [after] = last;
    }
  }

  async restore(object: ConfigObject): Promise<void> {
    await this.#ask({ kind: "restore", written: writtenRow(object) });
    this.#tell({ uuid: object.uuid, revision: object.revision });
  }

  allocate(request: AllocationRequest): Promise<bigint> {
    return this.#ask({ kind: "allocate", request });
  }

  free(pool: string, value: bigint, owner: string): Promise<void> {
    return this.#ask({ kind: "free", pool, value, owner });
  }

  freeAll(owner: string): Promise<void> {
    return this.#ask({ kind: "free-all", owner });
  }

  allocations(pool: string): Promise<readonly Allocation[]> {
    return this.#ask({ kind: "allocations", pool });
  }

  pools(): Promise<readonly string[]> {
    return this.#ask({ kind: "pools" });
  }

  sweepAllocations(minAgeMs: number): Promise<number> {
    return this.#ask({ kind: "sweep-allocations", minAgeMs });
  }

  outbox(limit: number): Promise<readonly OutboxEntry[]> {
    return this.#ask({ kind: "outbox", limit });
  }

  /** The embedded store has one node: whatever waits is its own. */
  due(limit: number): Promise<readonly OutboxEntry[]> {
    return this.outbox(limit);
  }

  published(entry: OutboxEntry): Promise<void> {
    return this.#ask({ kind: "published", entry });
  }

  onWrite(callback: (entry: OutboxEntry) => void): () => void {
    this.#listeners.add(callback);
    return () => {
      this.#listeners.delete(callback);
    };
  }

  acquireLease(name: string, holder: string, ttlMs: number): Promise<bigint | undefined> {
    return this.#ask({ kind: "lease", name, holder, ttlMs });
  }

  readKey(key: string): Promise<string | undefined> {
    return this.#ask({ kind: "read-key", key });
  }

  writeKey(key: string, value: string | undefined): Promise<void> {
    return this.#ask({ kind: "write-key", key, value });
  }

  async *keys(): AsyncGenerator<readonly [string, string], void, undefined> {
    for (let after = ""; ; ) {
      const page = await this.#ask<(readonly [string, string])[]>({ kind: "key-page", after, limit: PAGE_OBJECTS });
      yield* page;
      const last = page.at(-1);
      if (last === undefined) return;
      after = last[0];
    }
  }

  records(kind: string): Promise<readonly StoredRecord[]> {
    return this.#ask({ kind: "records", of: kind });
  }

  readRecord(kind: string, id: string): Promise<string | undefined> {
    return this.#ask({ kind: "read-record", of: kind, id });
  }

  swapRecord(kind: string, id: string, before: string | undefined, after: string | undefined): Promise<boolean> {
    return this.#ask({ kind: "swap-record", of: kind, id, before, after });
  }

  async close(): Promise<void> {
    if (this.#failure === undefined) await this.#ask({ kind: "close" });
    await this.#worker.terminate();
  }

  #tell(entry: OutboxEntry): void {
    for (const listener of this.#listeners) listener(entry);
  }

  #ask<T>(request: StoreRequest): Promise<T> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    const id = this.#nextId++;
    const pending = Promise.withResolvers<unknown>();
    this.#pending.set(id, pending);
    this.#asked.push({ id, request });
    if (this.#asked.length === 1) setImmediate(() => this.#send());
    return pending.promise as Promise<T>; // The worker answers each kind with its type (database.ts).
  }

  /** What is asked for in one turn of the event loop, by all callers together, is one message. */
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

  #settle(answer: StoreAnswer): void {
    const pending = this.#pending.get(answer.id);
    this.#pending.delete(answer.id);
    if ("code" in answer) pending?.reject(new ContrailError(answer.code, answer.message, { fields: answer.fields }));
    else pending?.resolve(answer.value);
  }

  #fail(reason: unknown): void {
    this.#failure ??= new ContrailError("store.unavailable", "the store's thread ended", { cause: reason });
    for (const pending of this.#pending.values()) pending.reject(this.#failure);
    this.#pending.clear();
  }
}

function writtenRow(object: ConfigObject): WrittenRow {
  return { row: rowOf(object), targets: object.refs.map(({ toUuid }) => toUuid) };
}
