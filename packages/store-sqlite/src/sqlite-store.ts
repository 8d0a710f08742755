import { randomUUID } from "node:crypto";
import { AskedWorker } from "@contrail/runtime";
import type { ConfigObject } from "@contrail/schema";
import type {
  Allocation,
  AllocationRequest,
  ObjectStore,
  OutboxEntry,
  RemovalOptions,
  Removed,
  StoredRecord,
  StoredState,
} from "@contrail/store";
import { type ObjectRow, objectOf, rowOf } from "./object-row.ts";
import type { WrittenRow } from "./object-table.ts";
import type { StoreRequest } from "./store-messages.ts";

/** Objects read at a time by all(). */
const PAGE_OBJECTS = 1_000;

/** The worker's program: beside this file, in a bundle as in the sources. */
const WORKER = import.meta.url.endsWith(".ts") ? "./store-worker.ts" : "./store-worker.js";

/** Opens the store in a file, or in memory for ":memory:". Rejects with "store.unavailable" where it cannot. */
export async function openSqliteStore(path: string): Promise<ObjectStore> {
  const program = new URL(WORKER, import.meta.url);
  const store = new SqliteStore(
    new AskedWorker({ program, data: { path }, code: "store.unavailable", what: "the store" }),
  );
  await store.readKey("");
  return store;
}

class SqliteStore implements ObjectStore {
  readonly #database: AskedWorker<StoreRequest>;
  readonly #listeners = new Set<(entry: OutboxEntry) => void>();

  constructor(database: AskedWorker<StoreRequest>) {
    this.#database = database;
  }

  newUuid(): string {
    return randomUUID();
  }

  async write(object: ConfigObject, expectedRevision: bigint | undefined, epoch?: bigint): Promise<ConfigObject> {
    const leased = object.derived ? object.epoch : epoch;
    const request = { kind: "write", written: writtenRow(object), expectedRevision, epoch: leased } as const;
    const revision = await this.#database.ask<bigint>(request);
    this.#tell({ uuid: object.uuid, revision });
    return { ...object, revision };
  }

  async remove(uuid: string, expectedRevision: bigint, options: RemovalOptions = {}): Promise<Removed> {
    const request = { kind: "remove", uuid, expectedRevision, options } as const;
    const { row, revision } = await this.#database.ask<{ row: ObjectRow; revision: bigint }>(request);
    this.#tell({ uuid, revision });
    return { object: objectOf(row), revision };
  }

  async read(uuid: string): Promise<ConfigObject | undefined> {
    const row = await this.#database.ask<ObjectRow | undefined>({ kind: "read", uuid });
    return row === undefined ? undefined : objectOf(row);
  }

  state(uuid: string): Promise<StoredState | undefined> {
    return this.#database.ask({ kind: "state", uuid });
  }

  findName(type: string, fqName: readonly string[]): Promise<string | undefined> {
    return this.#database.ask({ kind: "find-name", type, fqName: JSON.stringify(fqName) });
  }

  async *all(): AsyncGenerator<ConfigObject, void, undefined> {
    let after = "";
    for (;;) {
      const page = await this.#database.ask<ObjectRow[]>({ kind: "page", after, limit: PAGE_OBJECTS });
      for (const row of page) yield objectOf(row);
      const last = page.at(-1);
      if (last === undefined) return;
      [after] = last;
    }
  }

  async restore(object: ConfigObject): Promise<void> {
    await this.#database.ask({ kind: "restore", written: writtenRow(object) });
    this.#tell({ uuid: object.uuid, revision: object.revision });
  }

  allocate(request: AllocationRequest): Promise<bigint> {
    return this.#database.ask({ kind: "allocate", request });
  }

  free(pool: string, value: bigint, owner: string): Promise<void> {
    return this.#database.ask({ kind: "free", pool, value, owner });
  }

  freeAll(owner: string): Promise<void> {
    return this.#database.ask({ kind: "free-all", owner });
  }

  allocations(pool: string): Promise<readonly Allocation[]> {
    return this.#database.ask({ kind: "allocations", pool });
  }

  pools(): Promise<readonly string[]> {
    return this.#database.ask({ kind: "pools" });
  }

  sweepAllocations(minAgeMs: number): Promise<number> {
    return this.#database.ask({ kind: "sweep-allocations", minAgeMs });
  }

  outbox(limit: number): Promise<readonly OutboxEntry[]> {
    return this.#database.ask({ kind: "outbox", limit });
  }

  /** The embedded store has one node: whatever waits is its own. */
  due(limit: number): Promise<readonly OutboxEntry[]> {
    return this.outbox(limit);
  }

  published(entry: OutboxEntry, end: bigint): Promise<void> {
    return this.#database.ask({ kind: "published", entry, end });
  }

  logged(): Promise<bigint> {
    return this.#database.ask({ kind: "logged" });
  }

  onWrite(callback: (entry: OutboxEntry) => void): () => void {
    this.#listeners.add(callback);
    return () => {
      this.#listeners.delete(callback);
    };
  }

  acquireLease(name: string, holder: string, ttlMs: number, gone?: string): Promise<bigint | undefined> {
    return this.#database.ask({ kind: "lease", name, holder, ttlMs, gone });
  }

  readKey(key: string): Promise<string | undefined> {
    return this.#database.ask({ kind: "read-key", key });
  }

  writeKey(key: string, value: string | undefined): Promise<void> {
    return this.#database.ask({ kind: "write-key", key, value });
  }

  async *keys(): AsyncGenerator<readonly [string, string], void, undefined> {
    for (let after = ""; ; ) {
      const page = await this.#database.ask<(readonly [string, string])[]>({
        kind: "key-page",
        after,
        limit: PAGE_OBJECTS,
      });
      yield* page;
      const last = page.at(-1);
      if (last === undefined) return;
      after = last[0];
    }
  }

  records(kind: string): Promise<readonly StoredRecord[]> {
    return this.#database.ask({ kind: "records", of: kind });
  }

  readRecord(kind: string, id: string): Promise<string | undefined> {
    return this.#database.ask({ kind: "read-record", of: kind, id });
  }

  swapRecord(kind: string, id: string, before: string | undefined, after: string | undefined): Promise<boolean> {
    return this.#database.ask({ kind: "swap-record", of: kind, id, before, after });
  }

  close(): Promise<void> {
    return this.#database.close({ kind: "close" });
  }

  #tell(entry: OutboxEntry): void {
    for (const listener of this.#listeners) listener(entry);
  }
}

function writtenRow(object: ConfigObject): WrittenRow {
  return { row: rowOf(object), targets: object.refs.map(({ toUuid }) => toUuid) };
}
