import type { DatabaseSync, StatementSync } from "node:sqlite";
import { ContrailError } from "@contrail/errors";
import { DERIVED_LEASE } from "@contrail/store";

/** Leases and keys: small rows beside the objects. Runs inside the caller's transaction. */
export class LeaseTable {
  readonly #lease: StatementSync;
  readonly #putLease: StatementSync;
  readonly #key: StatementSync;
  readonly #putKey: StatementSync;
  readonly #dropKey: StatementSync;
  readonly #keyPage: StatementSync;

  constructor(database: DatabaseSync) {
    this.#lease = database.prepare("SELECT holder, epoch, expires_ms FROM lease WHERE name = ?");
    this.#lease.setReadBigInts(true);
    this.#putLease = database.prepare("INSERT OR REPLACE INTO lease VALUES (?, ?, ?, ?)");
    this.#key = database.prepare("SELECT value FROM key_value WHERE key = ?");
    this.#putKey = database.prepare("INSERT OR REPLACE INTO key_value VALUES (?, ?)");
    this.#keyPage = database.prepare("SELECT key, value FROM key_value WHERE key > ? ORDER BY key LIMIT ?");
    this.#dropKey = database.prepare("DELETE FROM key_value WHERE key = ?");
  }

  acquire(name: string, holder: string, ttlMs: number, gone: string | undefined): bigint | undefined {
    const row = this.#lease.get(name);
    const now = Date.now();
    const isGone = gone !== undefined && String(row?.holder).startsWith(gone);
    if (row !== undefined && row.holder !== holder && !isGone && Number(row.expires_ms) > now) return undefined;
    const epoch = ((row?.epoch as bigint | undefined) ?? 0n) + (row?.holder === holder ? 0n : 1n); // INTEGER.
    this.#putLease.run(name, holder, epoch, now + ttlMs);
    return epoch;
  }

  /** Refuses a derived write under a lease that has been taken over. */
  checkEpoch(epoch: bigint): void {
    const newest = (this.#lease.get(DERIVED_LEASE)?.epoch as bigint | undefined) ?? 0n; // INTEGER by the schema.
    if (epoch < newest) {
      const message = `epoch ${epoch} is over, ${newest} has begun`;
      throw new ContrailError("store.epoch_precondition_failed", message);
    }
  }

  readKey(key: string): string | undefined {
    return this.#key.get(key)?.value as string | undefined; // TEXT by the schema.
  }

  writeKey(key: string, value: string | undefined): void {
    if (value === undefined) this.#dropKey.run(key);
    else this.#putKey.run(key, value);
  }

  keyPage(after: string, limit: number): (readonly [string, string])[] {
    return this.#keyPage.all(after, limit).map(({ key, value }) => [String(key), String(value)]);
  }
}
