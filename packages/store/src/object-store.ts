import type { ConfigObject } from "@contrail/schema";

/** The lease whose holder writes derived objects: their epochs are compared with its newest one. */
export const DERIVED_LEASE = "transformer";

/**
 * The system of record of configuration objects.
 *
 * No call depends on an earlier one having left something open: each write is whole by itself, so that a store without
 * transactions across partitions can implement it. Errors are ContrailErrors with the codes of StoreErrorCode.
 */
export interface ObjectStore {
  /** A uuid for a new object, random (version 4): what is made at about the same time may have digits in common. */
  newUuid(): string;
  /**
   * Creates or replaces an object durably, with its name claim, its references and its place in the outbox.
   * expectedRevision undefined: the uuid must not exist; otherwise the stored revision must be equal.
   * Gives the object with its new revision, which is above every revision that this uuid ever had. epoch: that of the
   * lease under which the transformer changes what a client made; a derived object has its own.
   */
  write(object: ConfigObject, expectedRevision: bigint | undefined, epoch?: bigint): Promise<ConfigObject>;
  /** Removes an object that has neither children nor referrers, frees what it owns, leaves a tombstone. */
  remove(uuid: string, expectedRevision: bigint, options?: RemovalOptions): Promise<Removed>;
  read(uuid: string): Promise<ConfigObject | undefined>;
  /** What read() would find, without the object: cheaper. undefined: there never was one. */
  state(uuid: string): Promise<StoredState | undefined>;
  /** The uuid that holds a name. */
  findName(type: string, fqName: readonly string[]): Promise<string | undefined>;
  /** Every object, each once, in no order. Changes made meanwhile may or may not be in it. */
  all(): AsyncIterable<ConfigObject>;
  /**
   * Puts an object of a backup, with its revision as it was, and its name and place in the outbox. Its parent and its
   * targets may come later. One that is there in the same revision stays as it is. For a store that nobody else writes to.
   */
  restore(object: ConfigObject): Promise<void>;

  /** Claims a number of a pool for an owner; the same owner asking again for a value it holds gets it. */
  allocate(request: AllocationRequest): Promise<bigint>;
  /** Frees one number; freeing a free one, or one of another owner, changes nothing. */
  free(pool: string, value: bigint, owner: string): Promise<void>;
  /** Frees every number of an owner; for one that was not written after all. */
  freeAll(owner: string): Promise<void>;
  /** Numbers taken in a pool, with their owners; ascending. */
  allocations(pool: string): Promise<readonly Allocation[]>;
  /** Pools in which a number is taken, each once, in no order. */
  pools(): Promise<readonly string[]>;
  /**
   * Frees what belongs to owners that are no objects: left over by a crash between claim and write. Claims that are
   * younger than minAgeMs stay: another node may be between the two. Gives how many were freed.
   */
  sweepAllocations(minAgeMs: number): Promise<number>;

  /** Writes not yet acknowledged by published(), about the oldest first: each uuid once, with its newest revision. */
  outbox(limit: number): Promise<readonly OutboxEntry[]>;
  /** Those of them that are for this node to publish: made through this store, or by others who have let them wait. */
  due(limit: number): Promise<readonly OutboxEntry[]>;
  /**
   * Takes an entry out unless the uuid has a newer revision. What another node has in work may stay: it publishes the
   * uuid again after us, so that the newest revision is the last one on the bus. end: the position of the log after the
   * entry's record, which logged() tells before the entry is gone.
   */
  published(entry: OutboxEntry, end: bigint): Promise<void>;
  /**
   * A position of the log before which all lies that published() has taken out of the outbox, of every node; asked for
   * after outbox(), it says with it where the newest states are. 0 where there was nothing yet.
   */
  logged(): Promise<bigint>;
  /**
   * Calls back after each write or remove that was made through this object, with the outbox entry, until the returned
   * function is called. What other nodes write shows in the outbox; a store may also call back for entries of others that
   * have waited for long, so that somebody publishes them.
   */
  onWrite(callback: (entry: OutboxEntry) => void): () => void;

  /**
   * Takes or renews a lease for ttlMs from now; undefined where somebody else holds it. The epoch rises with each new
   * holder. A holder stops using the lease by its own monotonic clock, well before ttlMs have passed. gone: how the names
   * of holders begin that are known to be no more: theirs is taken over at once, as one that is over.
   */
  acquireLease(name: string, holder: string, ttlMs: number, gone?: string): Promise<bigint | undefined>;

  readKey(key: string): Promise<string | undefined>;
  /** undefined removes the key. */
  writeKey(key: string, value: string | undefined): Promise<void>;
  /** Every key with its value, each once, in no order. Changes made meanwhile may or may not be in it. */
  keys(): AsyncIterable<readonly [key: string, value: string]>;

  /** Every record of a kind; for kinds of at most some ten thousand. */
  records(kind: string): Promise<readonly StoredRecord[]>;
  readRecord(kind: string, id: string): Promise<string | undefined>;
  /**
   * Changes a record that is still as it was read; undefined: it is not there, or shall not be. False where it is another
   * one by now. A text stands in a record once in its life: callers put a number or a random part into it.
   */
  swapRecord(kind: string, id: string, before: string | undefined, after: string | undefined): Promise<boolean>;

  close(): Promise<void>;
}

/** A small row beside the objects that all nodes share: a user, a key, a session. */
export interface StoredRecord {
  readonly id: string;
  readonly text: string;
}

/** The newest revision that a uuid has had: of the object, or of the tombstone that a removal left. */
export interface StoredState {
  readonly revision: bigint;
  readonly isThere: boolean;
}

/** Under what a removal is made, and what does not stand in its way. */
export interface RemovalOptions {
  /** That of the lease under which the transformer removes what it made; undefined where a client's removal takes it along. */
  readonly epoch?: bigint | undefined;
  /**
   * uuids of children and referrers that do not keep the object: derived ones, which are removed after it. As long as it is
   * there whoever derives them makes them anew.
   */
  readonly besides?: ReadonlySet<string>;
}

/** What a removal took away. */
export interface Removed {
  readonly object: ConfigObject;
  /** The tombstone's revision, above the object's. */
  readonly revision: bigint;
}

/** Which number is wanted, from which pool, for whom. */
export interface AllocationRequest {
  readonly pool: string;
  /** uuid of the object that the number is for. */
  readonly owner: string;
  /** Lowest and highest value, inclusive; 0 to 2^128 - 1. */
  readonly first: bigint;
  readonly last: bigint;
  /** This value or none. */
  readonly wanted?: bigint;
  /** Search from the highest value down. */
  readonly fromEnd?: boolean;
  /** The first number that is free, also while other nodes take numbers of the pool; else one may be left out then. */
  readonly inOrder?: boolean;
}

/** A number of a pool, and the object that has it. */
export interface Allocation {
  readonly value: bigint;
  readonly owner: string;
}

/** A write that is not known to be published. */
export interface OutboxEntry {
  readonly uuid: string;
  readonly revision: bigint;
}

/**
 * store.conflict — uuid exists (fields.fqName), or the revision is another one;
 * store.name_conflict — the name is taken (fields.uuid holds it);
 * store.reference_bad_request — parent or target does not exist (fields.uuid);
 * store.children_conflict, store.referred_conflict — a remove would orphan (fields.uuids);
 * store.allocated_conflict — the wanted number is taken (fields.owner); store.exhausted_conflict — the pool is empty;
 * store.epoch_precondition_failed — a derived write of an older lease epoch; store.unavailable.
 */
export type StoreErrorCode =
  | "store.conflict"
  | "store.name_conflict"
  | "store.reference_bad_request"
  | "store.children_conflict"
  | "store.referred_conflict"
  | "store.allocated_conflict"
  | "store.exhausted_conflict"
  | "store.epoch_precondition_failed"
  | "store.not_found"
  | "store.unavailable";
