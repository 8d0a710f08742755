import type { Clock } from "@contrail/clock";
import { ContrailError } from "@contrail/errors";
import { decide, nonce } from "./conditional.ts";
import { long, type Session, text } from "./session.ts";
import { CQL } from "./statements.ts";

/** Intents that share a partition, published ones included: what a reader has to step over is bounded by it. */
const GENERATION_INTENTS = 256;
/** Our row is touched when it was not for so long, and taken for lost when it could not be for longer. */
const BEAT_MS = 60_000;
const LOST_MS = 300_000;
/** Another instance's row whose beat stood still for so long by our clock, and that has no intents, is removed. */
const DEAD_MS = 900_000;

/** The partitions in which an instance has its intents: oldest to newest. */
export interface InstanceRow {
  readonly id: string;
  readonly oldest: bigint;
  readonly newest: bigint;
  readonly beat: bigint;
}

/**
 * The entry of this opened store in the list of those that write, by which all of them find each other's intents. No dates:
 * partitions are numbered, and another one is dead when its number stood still by the clock of who looks.
 */
export class Instance {
  readonly #session: Session;
  readonly #clock: Clock;
  readonly #seen = new Map<string, { readonly beat: bigint; readonly sinceMs: number }>();
  #row: InstanceRow | undefined;
  #used = 0;
  #beatenMs = 0;
  /** Partitions in which we have intents under way. */
  readonly #open = new Map<bigint, number>();
  #moving: Promise<void> | undefined;

  constructor(session: Session, clock: Clock) {
    this.#session = session;
    this.#clock = clock;
  }

  /** A place for an intent; done is called when it is written or given up. */
  async place(): Promise<{ readonly instance: string; readonly generation: bigint; done(): void }> {
    while (this.#mustMove()) await this.#move();
    const row = this.#row;
    if (row === undefined)
      throw new ContrailError("store.unavailable", "this store is not in the list of those that write");
    this.#used++;
    this.#open.set(row.newest, (this.#open.get(row.newest) ?? 0) + 1);
    let isDone = false;
    return {
      instance: row.id,
      generation: row.newest,
      done: () => {
        if (isDone) return;
        isDone = true;
        const left = (this.#open.get(row.newest) ?? 1) - 1;
        if (left === 0) this.#open.delete(row.newest);
        else this.#open.set(row.newest, left);
      },
    };
  }

  /** All instances; our own with what we know better. */
  async all(): Promise<readonly InstanceRow[]> {
    const rows = await this.#session.execute(CQL.readInstances, []);
    return rows.map((row) => {
      const id = text(row, "id") ?? "";
      if (id === this.#row?.id) return this.#row;
      return { id, oldest: long(row, "oldest"), newest: long(row, "newest"), beat: long(row, "beat") };
    });
  }

  /** True for the id of this store. */
  is(id: string): boolean {
    return this.#row?.id === id;
  }

  /**
   * True for a partition of ours into which no intent comes any more. To be asked before it is read: who finds it empty
   * then may tell emptied(). Asked after, a write that began and ended during a slow read would be lost from the outbox.
   */
  isClosed({ id, newest }: InstanceRow, generation: bigint): boolean {
    return id === this.#row?.id && generation !== newest && !this.#open.has(generation);
  }

  /** Tells that a closed partition of ours is empty: it is looked at no more when it is the oldest. */
  emptied(generation: bigint): void {
    if (this.#row?.oldest === generation) this.#row = { ...this.#row, oldest: generation + 1n };
  }

  /** Touches our row when it is time, and removes that of another which has no intents and is dead. */
  async keep(others: readonly { readonly row: InstanceRow; readonly isEmpty: boolean }[]): Promise<void> {
    const now = this.#clock.monotonicMs();
    if (this.#row !== undefined && now - this.#beatenMs >= BEAT_MS) await this.#move();
    for (const { row, isEmpty } of others) {
      if (row.id === this.#row?.id) continue;
      const seen = this.#seen.get(row.id);
      if (seen === undefined || seen.beat !== row.beat) this.#seen.set(row.id, { beat: row.beat, sinceMs: now });
      else if (isEmpty && now - seen.sinceMs >= DEAD_MS) await this.#drop(row);
    }
  }

  /** Takes us off the list where nothing of ours is left. */
  async leave(isEmpty: boolean): Promise<void> {
    if (this.#row !== undefined && isEmpty && this.#open.size === 0) await this.#drop(this.#row);
    this.#row = undefined;
  }

  #mustMove(): boolean {
    if (this.#row === undefined || this.#used >= GENERATION_INTENTS) return true;
    return this.#clock.monotonicMs() - this.#beatenMs >= LOST_MS;
  }

  /** Begins a new partition, known to the others before it is used. */
  #move(): Promise<void> {
    this.#moving ??= this.#moveOnce().finally(() => {
      this.#moving = undefined;
    });
    return this.#moving;
  }

  async #moveOnce(): Promise<void> {
    const startedMs = this.#clock.monotonicMs();
    const before = this.#row;
    if (before !== undefined) {
      const next = { ...before, newest: before.newest + 1n, beat: before.beat + 1n };
      const parameters = [next.oldest, next.newest, next.beat, next.id, before.beat];
      if (await this.#decide(CQL.moveInstance, parameters, next)) {
        this.#row = { ...next, oldest: this.#row?.oldest ?? next.oldest };
        this.#used = 0;
        this.#beatenMs = startedMs;
        return;
      }
    }
    // The first time, or we were taken for dead.
    const fresh: InstanceRow = { id: nonce(), oldest: 1n, newest: 1n, beat: 1n };
    if (!(await this.#decide(CQL.putInstance, [fresh.id, fresh.oldest, fresh.newest, fresh.beat], fresh))) return;
    this.#row = fresh;
    this.#used = 0;
    this.#beatenMs = startedMs;
  }

  #decide(query: string, parameters: readonly (string | bigint)[], next: InstanceRow): Promise<boolean> {
    return decide(this.#clock, {
      what: `instance ${next.id}`,
      send: () => this.#session.conditional(query, parameters),
      look: async () => {
        const [row] = await this.#session.decided(CQL.readInstance, [next.id]);
        // Only we move our row: it is where we left it, where we wanted it, or gone.
        if (row === undefined) return query === CQL.putInstance ? "unchanged" : "other";
        return long(row, "beat") === next.beat ? "mine" : "unchanged";
      },
    });
  }

  async #drop({ id, beat }: InstanceRow): Promise<void> {
    await this.#session.conditional(CQL.dropInstance, [id, beat]);
    this.#seen.delete(id);
  }
}
