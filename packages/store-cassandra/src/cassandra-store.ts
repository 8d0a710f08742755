import { ContrailError } from "@contrail/errors";
import { ConcurrencyLimit } from "@contrail/runtime";
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
import { Intents } from "./intents.ts";
import { Keys } from "./keys.ts";
import { Leases } from "./leases.ts";
import { LogMark } from "./log-mark.ts";
import { Names } from "./names.ts";
import { NewUuids } from "./new-uuids.ts";
import { Numbers } from "./numbers.ts";
import { isThere } from "./object-row.ts";
import { type Done, Objects } from "./objects.ts";
import type { CassandraStoreOptions } from "./options.ts";
import { Outbox } from "./outbox.ts";
import { Records } from "./records.ts";
import { References } from "./references.ts";
import { ObjectRows } from "./rows.ts";
import { openKeyspace } from "./schema.ts";
import type { Session } from "./session.ts";
import { Settling } from "./settling.ts";

/** Writes and removals under way, and those that wait for their turn. */
const OPERATIONS = 64;
const WAITING_OPERATIONS = 20_000;
const SWEEP_MS = 1_000;

/** Opens the store in a keyspace, which is made where it is not there. Rejects with "store.unavailable". */
export async function openCassandraStore(options: CassandraStoreOptions): Promise<ObjectStore> {
  return new CassandraStore(await openKeyspace(options), options);
}

class CassandraStore implements ObjectStore {
  readonly #session: Session;
  readonly #options: CassandraStoreOptions;
  readonly #rows: ObjectRows;
  readonly #names: Names;
  readonly #numbers: Numbers;
  readonly #leases: Leases;
  readonly #keys: Keys;
  readonly #records: Records;
  readonly #intents: Intents;
  readonly #objects: Objects;
  readonly #uuids = new NewUuids();
  readonly #logMark: LogMark;
  readonly #outbox: Outbox;
  readonly #gate = new ConcurrencyLimit(OPERATIONS, WAITING_OPERATIONS, () => {
    const message = `${OPERATIONS} operations are under way and ${WAITING_OPERATIONS} wait`;
    return new ContrailError("store.unavailable", message);
  });
  readonly #listeners = new Set<(entry: OutboxEntry) => void>();
  readonly #closed = new AbortController();
  readonly #sweeping: Promise<void>;

  constructor(session: Session, options: CassandraStoreOptions) {
    const { clock } = options;
    this.#session = session;
    this.#options = options;
    const rows = new ObjectRows(session, clock);
    const names = new Names(session, clock, rows);
    const references = new References(session, clock, rows);
    const numbers = new Numbers(session, clock, rows);
    const leases = new Leases(session, clock);
    const intents = new Intents(session, clock);
    const settling = new Settling({ rows, names, references, numbers, intents });
    this.#rows = rows;
    this.#names = names;
    this.#numbers = numbers;
    this.#leases = leases;
    this.#keys = new Keys(session, clock);
    this.#records = new Records(session, clock);
    this.#intents = intents;
    this.#objects = new Objects({ rows, names, references, numbers, intents, leases, settling });
    this.#logMark = new LogMark(session, clock);
    this.#outbox = new Outbox({ intents, rows, settling, logMark: this.#logMark, clock });
    this.#sweeping = this.#sweep();
  }

  newUuid(): string {
    return this.#uuids.next();
  }

  async write(object: ConfigObject, expectedRevision: bigint | undefined, epoch?: bigint): Promise<ConfigObject> {
    return this.#done(await this.#gate.run(() => this.#objects.write(object, expectedRevision, epoch)));
  }

  async remove(uuid: string, expectedRevision: bigint, options: RemovalOptions = {}): Promise<Removed> {
    return this.#done(await this.#gate.run(() => this.#objects.remove(uuid, expectedRevision, options)));
  }

  async read(uuid: string): Promise<ConfigObject | undefined> {
    return (await this.#rows.read(uuid))?.object;
  }

  async state(uuid: string): Promise<StoredState | undefined> {
    const state = await this.#rows.state(uuid);
    return state === undefined ? undefined : { revision: state.revision, isThere: isThere(state) };
  }

  findName(type: string, fqName: readonly string[]): Promise<string | undefined> {
    return this.#names.find(type, fqName);
  }

  all(): AsyncGenerator<ConfigObject, void, undefined> {
    return this.#rows.all();
  }

  async restore(object: ConfigObject): Promise<void> {
    const done = await this.#gate.run(() => this.#objects.restore(object));
    if (done !== undefined) this.#done(done);
  }

  allocate(request: AllocationRequest): Promise<bigint> {
    return this.#numbers.allocate(request);
  }

  free(pool: string, value: bigint, owner: string): Promise<void> {
    return this.#gate.run(() => this.#numbers.free(pool, value, owner));
  }

  freeAll(owner: string): Promise<void> {
    return this.#gate.run(() => this.#numbers.freeAll(owner));
  }

  allocations(pool: string): Promise<readonly Allocation[]> {
    return this.#numbers.of(pool);
  }

  async pools(): Promise<readonly string[]> {
    const names = await this.#numbers.pools();
    const taken = await Promise.all(names.map((name) => this.#numbers.of(name)));
    return names.filter((_, index) => (taken[index]?.length ?? 0) > 0);
  }

  sweepAllocations(minAgeMs: number): Promise<number> {
    return this.#numbers.sweep(minAgeMs);
  }

  outbox(limit: number): Promise<readonly OutboxEntry[]> {
    return this.#outbox.entries(limit);
  }

  due(limit: number): Promise<readonly OutboxEntry[]> {
    return Promise.resolve(this.#outbox.due(limit));
  }

  published(entry: OutboxEntry, end: bigint): Promise<void> {
    return this.#outbox.published(entry, end);
  }

  logged(): Promise<bigint> {
    return this.#logMark.read();
  }

  onWrite(callback: (entry: OutboxEntry) => void): () => void {
    this.#listeners.add(callback);
    return () => {
      this.#listeners.delete(callback);
    };
  }

  acquireLease(name: string, holder: string, ttlMs: number, gone?: string): Promise<bigint | undefined> {
    return this.#leases.acquire(name, holder, ttlMs, gone);
  }

  readKey(key: string): Promise<string | undefined> {
    return this.#keys.read(key);
  }

  writeKey(key: string, value: string | undefined): Promise<void> {
    return this.#keys.write(key, value);
  }

  keys(): AsyncIterable<readonly [string, string]> {
    return this.#keys.all();
  }

  records(kind: string): Promise<readonly StoredRecord[]> {
    return this.#records.of(kind);
  }

  readRecord(kind: string, id: string): Promise<string | undefined> {
    return this.#records.read(kind, id);
  }

  swapRecord(kind: string, id: string, before: string | undefined, after: string | undefined): Promise<boolean> {
    return this.#records.swap(kind, id, before, after);
  }

  async close(): Promise<void> {
    if (this.#closed.signal.aborted) return;
    this.#closed.abort();
    await this.#sweeping;
    await this.#intents.leave().catch(() => undefined); // Others remove us from the list when we have been silent.
    await this.#session.close();
  }

  #done<T>({ value, intent, isSettled }: Done<T>): T {
    this.#outbox.wrote(intent, isSettled);
    this.#tell({ uuid: intent.uuid, revision: intent.revision });
    return value;
  }

  #tell(entry: OutboxEntry): void {
    for (const listener of this.#listeners) listener(entry);
  }

  async #sweep(): Promise<void> {
    const { clock, logger } = this.#options;
    const { signal } = this.#closed;
    while (!signal.aborted) {
      // The first one at once: what a node left that is gone is as old as it was first seen.
      try {
        await this.#outbox.sweep((entry) => this.#tell(entry));
      } catch (reason) {
        if (!signal.aborted) logger.warn("sweep failed, trying again", { reason: ContrailError.from(reason).message });
      }
      await clock.sleep(SWEEP_MS, signal).catch(() => undefined); // Closed: the loop ends.
    }
  }
}
