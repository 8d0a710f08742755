import { randomInt } from "node:crypto";
import type { Clock } from "@contrail/clock";
import { ContrailError } from "@contrail/errors";
import type { Allocation, AllocationRequest } from "@contrail/store";
import { decide, nonce, pages, pause, retried } from "./conditional.ts";
import { ConditionalWrites } from "./conditional-writes.ts";
import type { Claim } from "./intent.ts";
import { LateClaims } from "./late-claims.ts";
import { isThere } from "./object-row.ts";
import { Pool } from "./pool.ts";
import type { ObjectRows } from "./rows.ts";
import { type Parameter, type Row, type Session, text } from "./session.ts";
import { CQL } from "./statements.ts";

/** Claims of one pool that are written together. */
const BATCH_CLAIMS = 32;
/** Times that a claim is tried while others take what it wants. */
const MAX_TRIES = 50;
/** Of these, how many may be lost before the node looks for numbers apart from those that others take. */
const CLOSE_TRIES = 2;
/** How far apart: one to four times as many; and for how long. Then the lowest are taken again. */
const APART_NUMBERS = 64;
const APART_STEPS = 4;
const APART_MS = 10_000;
/** Owners that are looked up at a time by a sweep. */
const SWEEP_OWNERS = 64;

interface Waiting {
  readonly request: AllocationRequest;
  readonly answer: PromiseWithResolvers<bigint>;
  tries: number;
  /** The pool has been read since it looked exhausted. */
  isFresh: boolean;
}

interface Chosen extends Claim {
  readonly waiting: Waiting;
}

/**
 * Pools of numbers: a partition each, a row for each number taken. Claims that wait together are one conditional write.
 * Nodes that keep on taking the same numbers from a pool move apart in it for a while; alone, each takes them in order.
 */
export class Numbers {
  readonly #session: Session;
  readonly #clock: Clock;
  readonly #rows: ObjectRows;
  readonly #frees: ConditionalWrites;
  readonly #pools = new Map<string, Pool>();
  readonly #waiting = new Map<string, Waiting[]>();
  readonly #orphans = new Map<string, number>();
  readonly #late = new LateClaims();

  constructor(session: Session, clock: Clock, rows: ObjectRows) {
    this.#session = session;
    this.#clock = clock;
    this.#rows = rows;
    this.#frees = new ConditionalWrites(session);
  }

  allocate(request: AllocationRequest): Promise<bigint> {
    const waiting: Waiting = { request, answer: Promise.withResolvers<bigint>(), tries: 0, isFresh: false };
    const queue = this.#waiting.get(request.pool);
    if (queue === undefined) {
      this.#waiting.set(request.pool, [waiting]);
      void this.#serve(request.pool);
    } else queue.push(waiting);
    return waiting.answer.promise;
  }

  async free(pool: string, value: bigint, owner: string): Promise<void> {
    const row = await this.#row(pool, value);
    const given = row === undefined ? undefined : text(row, "nonce");
    if (row === undefined || given === undefined || text(row, "owner") !== owner) return;
    await this.freeClaims([{ pool, value: String(value), owner, nonce: given }]);
  }

  async freeAll(owner: string): Promise<void> {
    await this.freeClaims(await this.ownedBy(owner));
  }

  /** What an owner may have: some of it may be freed already. */
  async ownedBy(owner: string): Promise<readonly Claim[]> {
    const claims: Claim[] = [];
    for await (const row of pages(this.#clock, this.#session, CQL.readOwned, [owner])) claims.push(claimOf(row, owner));
    return claims;
  }

  /** Frees claims, each if it still is that very one. */
  async freeClaims(claims: readonly Claim[]): Promise<void> {
    await Promise.all(claims.map((claim) => this.#freeClaim(claim)));
  }

  async of(pool: string): Promise<readonly Allocation[]> {
    const rows = await this.#read(pool);
    return rows.toSorted((a, b) => (a.value < b.value ? -1 : 1));
  }

  async pools(): Promise<readonly string[]> {
    const names: string[] = [];
    for await (const row of pages(this.#clock, this.#session, CQL.allPools)) names.push(text(row, "pool") ?? "");
    return names;
  }

  /** Frees what belongs to no object and was seen to do so for minAgeMs: by our clock, so that no other one counts. */
  async sweep(minAgeMs: number): Promise<number> {
    const now = this.#clock.monotonicMs();
    const byOwner = new Map<string, Claim[]>();
    for await (const row of pages(this.#clock, this.#session, CQL.allAllocations)) {
      const owner = text(row, "owner") ?? "";
      byOwner.set(owner, [...(byOwner.get(owner) ?? []), claimOf(row, owner)]);
    }
    const orphans = await this.#orphaned(byOwner);
    const known = new Set(orphans.map((claim) => claim.nonce));
    for (const key of this.#orphans.keys()) if (!known.has(key)) this.#orphans.delete(key);
    for (const key of known) if (!this.#orphans.has(key)) this.#orphans.set(key, now);
    const old = orphans.filter((claim) => now - (this.#orphans.get(claim.nonce) ?? now) >= minAgeMs);
    await this.freeClaims(old);
    return old.length;
  }

  async #orphaned(byOwner: ReadonlyMap<string, readonly Claim[]>): Promise<readonly Claim[]> {
    const owners = [...byOwner.keys()];
    const orphans: Claim[] = [];
    for (let from = 0; from < owners.length; from += SWEEP_OWNERS) {
      const some = owners.slice(from, from + SWEEP_OWNERS);
      const states = await Promise.all(some.map((owner) => this.#rows.state(owner)));
      for (const [index, owner] of some.entries()) {
        if (!isThere(states[index])) orphans.push(...(byOwner.get(owner) ?? []));
      }
    }
    return orphans;
  }

  /** Serves who waits for numbers of a pool until nobody does. */
  async #serve(pool: string): Promise<void> {
    for (;;) {
      const queue = this.#waiting.get(pool) ?? [];
      const batch = queue.splice(0, BATCH_CLAIMS);
      if (batch.length === 0) break;
      try {
        queue.unshift(...(await this.#claim(pool, batch)));
      } catch (reason) {
        this.#pools.delete(pool);
        for (const { answer } of batch) answer.reject(reason);
      }
    }
    this.#waiting.delete(pool);
  }

  /** Tries to claim for all of a batch; gives those that have to try again. */
  async #claim(name: string, batch: readonly Waiting[]): Promise<readonly Waiting[]> {
    const pool = await this.#pool(name);
    const again: Waiting[] = [];
    const chosen: Chosen[] = [];
    for (const waiting of batch) {
      const value = await this.#choose(pool, waiting, again);
      if (value === undefined) continue;
      pool.take(value, waiting.request.owner);
      chosen.push({ pool: name, value: String(value), owner: waiting.request.owner, nonce: nonce(), waiting });
    }
    if (chosen.length === 0) return again;
    const found = new Map<string, string>();
    if (await this.#write(chosen, found)) {
      for (const { waiting, value } of chosen) waiting.answer.resolve(BigInt(value));
      return again;
    }
    this.#learn(name, pool, chosen, found);
    for (const { waiting } of chosen) {
      waiting.tries++;
      if (waiting.tries < MAX_TRIES) again.push(waiting);
      else waiting.answer.reject(new ContrailError("store.unavailable", `${name}: others take numbers all the time`));
    }
    return again;
  }

  /** After others had some of what was chosen. found: owners of these numbers, where that is known. */
  #learn(name: string, pool: Pool, chosen: readonly Chosen[], found: ReadonlyMap<string, string>): void {
    const tries = Math.max(...chosen.map(({ waiting }) => waiting.tries));
    if (found.size === 0 || tries === CLOSE_TRIES - 1) {
      this.#pools.delete(name);
      return;
    }
    for (const { value } of chosen) {
      const owner = found.get(value);
      if (owner === undefined) pool.release(BigInt(value));
      else pool.take(BigInt(value), owner);
    }
    if (tries < CLOSE_TRIES) return;
    const step = BigInt(APART_NUMBERS * randomInt(1, APART_STEPS + 1));
    pool.moveApart(step, this.#clock.monotonicMs() + APART_MS);
  }

  /** The number to try for a request; undefined where it has been answered, or has to be looked at again. */
  async #choose(pool: Pool, waiting: Waiting, again: Waiting[]): Promise<bigint | undefined> {
    const { request, answer } = waiting;
    const { wanted, owner } = request;
    if (wanted !== undefined) {
      if (pool.owner(wanted) !== undefined) await this.#refresh(pool, request.pool, wanted);
      const holder = pool.owner(wanted);
      if (holder === undefined) return wanted;
      if (holder === owner) answer.resolve(wanted);
      else {
        const fields = { owner: holder };
        answer.reject(
          new ContrailError("store.allocated_conflict", `${wanted} is taken in ${request.pool}`, { fields }),
        );
      }
      return undefined;
    }
    const value = pool.free(request);
    if (value !== undefined) return value;
    if (waiting.isFresh) {
      answer.reject(new ContrailError("store.exhausted_conflict", `pool ${request.pool} is exhausted`));
      return undefined;
    }
    // What other nodes freed we have not heard of. The pool is read before the next round.
    waiting.isFresh = true;
    this.#pools.delete(request.pool);
    again.push(waiting);
    return undefined;
  }

  /** Writes claims of one pool, all or none; what says who owns them goes first. found: put there who has some of them. */
  async #write(chosen: readonly Chosen[], found: Map<string, string>): Promise<boolean> {
    const put = (query: string) => (claim: Claim) => {
      const parameters = [claim.owner, claim.pool, claim.value, claim.nonce];
      return retried(this.#clock, `numbers of ${claim.owner}`, () => this.#session.execute(query, parameters));
    };
    await Promise.all(chosen.map(put(CQL.putOwned)));
    const [first] = chosen;
    if (first === undefined) return true;
    const writes = chosen.map(({ pool, value, owner, nonce: given }) => ({
      query: CQL.claimNumber,
      params: [pool, value, owner, given] as readonly Parameter[],
    }));
    const sentMs = this.#clock.monotonicMs();
    const isWritten = await decide(this.#clock, {
      what: `a number of ${first.pool}`,
      send: async () => {
        const rows = await this.#session.conditionalBatch(writes);
        for (const row of rows ?? []) found.set(text(row, "value") ?? "", text(row, "owner") ?? "");
        return rows?.[0];
      },
      look: async () => {
        // All or none: one tells of all.
        const [row] = await this.#session.decided(CQL.readAllocation, [first.pool, first.value]);
        if (row === undefined) return "unchanged";
        return text(row, "nonce") === first.nonce ? "mine" : "other";
      },
    });
    if (isWritten) this.#late.note(chosen, sentMs, this.#clock.monotonicMs());
    // The next try need not wait for it: a row that is left over names a claim that nobody has.
    else void Promise.all(chosen.map(put(CQL.dropOwned))).catch(() => undefined);
    return isWritten;
  }

  async #freeClaim({ pool, value, owner, nonce: given }: Claim): Promise<void> {
    const waitMs = this.#late.untilMs(given) - this.#clock.monotonicMs();
    if (waitMs > 0) await pause(this.#clock, waitMs);
    await decide(this.#clock, {
      what: `number ${value} of ${pool}`,
      send: () => this.#frees.run(pool, value, CQL.freeNumber, [pool, value, given]),
      tells: () => "mine",
      look: async () => {
        const [row] = await this.#session.decided(CQL.readAllocation, [pool, value]);
        return row !== undefined && text(row, "nonce") === given ? "unchanged" : "mine";
      },
    });
    this.#pools.get(pool)?.release(BigInt(value));
    const parameters = [owner, pool, value, given];
    await retried(this.#clock, `numbers of ${owner}`, () => this.#session.execute(CQL.dropOwned, parameters));
  }

  async #refresh(pool: Pool, name: string, value: bigint): Promise<void> {
    const row = await this.#row(name, value);
    const owner = row === undefined ? undefined : text(row, "owner");
    if (owner === undefined) pool.release(value);
    else pool.take(value, owner);
  }

  async #row(pool: string, value: bigint): Promise<Row | undefined> {
    const parameters = [pool, String(value)];
    const what = `number ${value} of ${pool}`;
    const rows = await retried(this.#clock, what, () => this.#session.execute(CQL.readAllocation, parameters));
    return rows[0];
  }

  async #pool(name: string): Promise<Pool> {
    const known = this.#pools.get(name);
    if (known !== undefined && !known.isOutdated(this.#clock.monotonicMs())) return known;
    const pool = new Pool();
    pool.replace(await this.#read(name));
    this.#pools.set(name, pool);
    return pool;
  }

  async #read(pool: string): Promise<Allocation[]> {
    const rows: Allocation[] = [];
    for await (const row of pages(this.#clock, this.#session, CQL.readPool, [pool])) {
      rows.push({ value: BigInt(text(row, "value") ?? "0"), owner: text(row, "owner") ?? "" });
    }
    return rows;
  }
}

function claimOf(row: Row, owner: string): Claim {
  return { pool: text(row, "pool") ?? "", value: text(row, "value") ?? "", owner, nonce: text(row, "nonce") ?? "" };
}
