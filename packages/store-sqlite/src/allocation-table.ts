import type { DatabaseSync, StatementSync } from "node:sqlite";
import { ContrailError } from "@contrail/errors";
import type { Allocation, AllocationRequest } from "@contrail/store";

/**
 * Pools of numbers. The table is the truth; taken numbers are also held in memory, so that a search for a free one does
 * not touch the disk. Runs inside the caller's transaction; the memory is thrown away (forget) after a rollback, and
 * where another connection has written.
 */
export class AllocationTable {
  readonly #pools = new Map<string, Map<bigint, string>>();
  readonly #put: StatementSync;
  readonly #drop: StatementSync;
  readonly #ofPool: StatementSync;
  readonly #dropOwner: StatementSync;
  readonly #orphans: StatementSync;
  readonly #names: StatementSync;

  constructor(database: DatabaseSync) {
    this.#put = database.prepare("INSERT INTO allocation VALUES (?, ?, ?, ?)");
    this.#drop = database.prepare("DELETE FROM allocation WHERE pool = ? AND value = ? AND owner = ?");
    this.#ofPool = database.prepare("SELECT value, owner FROM allocation WHERE pool = ?");
    this.#dropOwner = database.prepare("DELETE FROM allocation WHERE owner = ? RETURNING pool, value");
    this.#names = database.prepare("SELECT DISTINCT pool FROM allocation");
    this.#orphans = database.prepare(
      "DELETE FROM allocation WHERE claimed_ms <= ? AND owner NOT IN (SELECT uuid FROM object) RETURNING pool, value",
    );
  }

  allocate(request: AllocationRequest): bigint {
    const taken = this.#pool(request.pool);
    const value = request.wanted ?? lowestOrHighestFree(taken, request);
    if (value === undefined) throw new ContrailError("store.exhausted_conflict", `pool ${request.pool} is exhausted`);
    const owner = taken.get(value);
    if (owner === request.owner) return value;
    if (owner !== undefined) {
      throw new ContrailError("store.allocated_conflict", `${value} is taken in ${request.pool}`, {
        fields: { owner },
      });
    }
    this.#put.run(request.pool, String(value), request.owner, Date.now());
    taken.set(value, request.owner);
    return value;
  }

  free(pool: string, value: bigint, owner: string): void {
    this.#drop.run(pool, String(value), owner);
    const taken = this.#pool(pool);
    if (taken.get(value) === owner) taken.delete(value);
  }

  freeOwner(owner: string): void {
    this.#removed(this.#dropOwner.all(owner));
  }

  sweep(minAgeMs: number): number {
    return this.#removed(this.#orphans.all(Date.now() - minAgeMs));
  }

  of(pool: string): Allocation[] {
    const all = [...this.#pool(pool)].map(([value, owner]) => ({ value, owner }));
    return all.sort((a, b) => (a.value < b.value ? -1 : 1));
  }

  pools(): string[] {
    return this.#names.all().map(({ pool }) => String(pool));
  }

  forget(): void {
    this.#pools.clear();
  }

  #removed(rows: readonly Readonly<Record<string, unknown>>[]): number {
    for (const row of rows) this.#pools.get(String(row.pool))?.delete(BigInt(String(row.value)));
    return rows.length;
  }

  #pool(name: string): Map<bigint, string> {
    const known = this.#pools.get(name);
    if (known !== undefined) return known;
    const rows = this.#ofPool.all(name);
    const loaded = new Map(rows.map((row) => [BigInt(String(row.value)), String(row.owner)]));
    this.#pools.set(name, loaded);
    return loaded;
  }
}

function lowestOrHighestFree(taken: ReadonlyMap<bigint, string>, request: AllocationRequest): bigint | undefined {
  const { first, last, fromEnd } = request;
  if (fromEnd) {
    for (let value = last; value >= first; value--) if (!taken.has(value)) return value;
  } else {
    for (let value = first; value <= last; value++) if (!taken.has(value)) return value;
  }
  return undefined;
}
