import { DatabaseSync, type StatementSync } from "node:sqlite";
import type { RemovalOptions } from "@contrail/store";
import { AllocationTable } from "./allocation-table.ts";
import { LeaseTable } from "./lease-table.ts";
import { ObjectTable, type WrittenRow } from "./object-table.ts";
import { RecordTable } from "./record-table.ts";
import { prepareTables } from "./schema.ts";
import type { StoreRequest } from "./store-messages.ts";

/** How long a transaction waits for that of another process. */
const LOCK_TIMEOUT_MS = 10_000;

/** The store's database, synchronous: what the worker thread runs. */
export class StoreDatabase {
  readonly #database: DatabaseSync;
  readonly #objects: ObjectTable;
  readonly #allocations: AllocationTable;
  readonly #leases: LeaseTable;
  readonly #records: RecordTable;
  readonly #dataVersion: StatementSync;
  /** Rises when another connection commits (SQLite: PRAGMA data_version). */
  #seenVersion = 0;
  /** As prepareTables() sets it. */
  #isSynced = true;

  constructor(path: string) {
    this.#database = new DatabaseSync(path, { timeout: LOCK_TIMEOUT_MS });
    prepareTables(this.#database);
    this.#objects = new ObjectTable(this.#database);
    this.#allocations = new AllocationTable(this.#database);
    this.#leases = new LeaseTable(this.#database);
    this.#records = new RecordTable(this.#database);
    this.#dataVersion = this.#database.prepare("PRAGMA data_version");
  }

  /** isSynced: what is committed survives a loss of power, with all that was committed before. */
  begin(isSynced: boolean): void {
    if (isSynced !== this.#isSynced) this.#database.exec(`PRAGMA synchronous = ${isSynced ? "FULL" : "NORMAL"}`);
    this.#isSynced = isSynced;
    this.#database.exec("BEGIN IMMEDIATE");
    const version = Number(this.#dataVersion.get()?.data_version);
    if (version !== this.#seenVersion) this.#allocations.forget();
    this.#seenVersion = version;
  }

  commit(): void {
    this.#database.exec("COMMIT");
  }

  /** SQLite itself has ended a transaction for which the disk had no room. */
  rollback(): void {
    if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
    this.#allocations.forget();
  }

  /** Runs one request in a savepoint of its own: it fails alone, its neighbours in the transaction stay. */
  runOne(request: StoreRequest): unknown {
    this.#database.exec("SAVEPOINT one");
    try {
      const value = this.#handle(request);
      this.#database.exec("RELEASE one");
      return value;
    } catch (reason) {
      this.#allocations.forget();
      // Without its transaction the whole batch has failed, with what SQLite says.
      if (this.#database.isTransaction) this.#database.exec("ROLLBACK TO one; RELEASE one");
      throw reason;
    }
  }

  close(): void {
    this.#database.close();
  }

  #handle(request: StoreRequest): unknown {
    switch (request.kind) {
      case "write":
        return this.#write(request.written, request.expectedRevision, request.epoch);
      case "remove":
        return this.#remove(request.uuid, request.expectedRevision, request.options);
      case "restore":
        return this.#objects.restore(request.written);
      case "read":
        return this.#objects.read(request.uuid);
      case "state":
        return this.#objects.state(request.uuid);
      case "find-name":
        return this.#objects.findName(request.type, request.fqName);
      case "page":
        return this.#objects.page(request.after, request.limit);
      case "allocate":
        return this.#allocations.allocate(request.request);
      case "free":
        return this.#allocations.free(request.pool, request.value, request.owner);
      case "free-all":
        return this.#allocations.freeOwner(request.owner);
      case "allocations":
        return this.#allocations.of(request.pool);
      case "pools":
        return this.#allocations.pools();
      case "sweep-allocations":
        return this.#allocations.sweep(request.minAgeMs);
      case "outbox":
        return this.#objects.outbox(request.limit);
      case "published":
        return this.#objects.published(request.entry, request.end);
      case "logged":
        return this.#objects.logged();
      case "lease":
        return this.#leases.acquire(request.name, request.holder, request.ttlMs, request.gone);
      case "read-key":
        return this.#leases.readKey(request.key);
      case "write-key":
        return this.#leases.writeKey(request.key, request.value);
      case "key-page":
        return this.#leases.keyPage(request.after, request.limit);
      case "records":
        return this.#records.of(request.of);
      case "read-record":
        return this.#records.read(request.of, request.id);
      case "swap-record":
        return this.#records.swap(request.of, request.id, request.before, request.after);
      case "close":
        return undefined;
    }
  }

  #write(written: WrittenRow, expectedRevision: bigint | undefined, epoch: bigint | undefined): bigint {
    if (epoch !== undefined) this.#leases.checkEpoch(epoch);
    return this.#objects.write(written, expectedRevision);
  }

  #remove(uuid: string, expectedRevision: bigint, { epoch, besides }: RemovalOptions): unknown {
    if (epoch !== undefined) this.#leases.checkEpoch(epoch);
    const removed = this.#objects.remove(uuid, expectedRevision, besides);
    this.#allocations.freeOwner(uuid);
    return removed;
  }
}
