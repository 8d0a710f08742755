import type { Clock } from "@contrail/clock";
import type { OutboxEntry } from "@contrail/store";
import type { Intent } from "./intent.ts";
import type { Intents } from "./intents.ts";
import type { LogMark } from "./log-mark.ts";
import type { ObjectRows } from "./rows.ts";
import type { Settling } from "./settling.ts";

/** Intents that are remembered for published(); those beyond are looked for when they are asked about. */
const MAX_REMEMBERED = 50_000;
/**
 * Another's intent that stands for so long is looked at: a write that did not come true is taken back (its writer is gone,
 * or tries again), and one that did is told to this node's listeners, who publish it.
 */
const ABANDON_MS = 3_000;
/** Objects that one sweep looks at. */
const SWEEP_LOOKS = 500;

interface Remembered {
  readonly intent: Intent;
  /** Whether this store made the write, and knows that it came true; else it has taken it over from one who let it wait. */
  readonly isOurs: boolean;
  /** Whether what the write replaced has been taken away. */
  readonly isSettled: boolean;
}

/** What is written and not published: the intents whose write has come true. */
export class Outbox {
  readonly #intents: Intents;
  readonly #rows: ObjectRows;
  readonly #settling: Settling;
  readonly #logMark: LogMark;
  readonly #clock: Clock;
  readonly #remembered = new Map<string, Map<string, Remembered>>();
  #pendingSince = new Map<string, number>();

  constructor(parts: { intents: Intents; rows: ObjectRows; settling: Settling; logMark: LogMark; clock: Clock }) {
    this.#intents = parts.intents;
    this.#rows = parts.rows;
    this.#settling = parts.settling;
    this.#logMark = parts.logMark;
    this.#clock = parts.clock;
  }

  /** Takes note of a write of ours. */
  wrote(intent: Intent, isSettled: boolean): void {
    this.#remember({ intent, isOurs: true, isSettled });
  }

  async entries(limit: number): Promise<readonly OutboxEntry[]> {
    const found = new Map<string, bigint>();
    for await (const intents of this.#intents.all()) {
      for (const { intent, revision } of await this.#looked(intents)) {
        if (revision < intent.revision) continue;
        // Of what is ours we know our own writes alone: another partition may tell of a newer one.
        const known = found.get(intent.uuid) ?? 0n;
        if (revision > known) found.set(intent.uuid, revision);
      }
      if (found.size >= limit) break;
    }
    return [...found].slice(0, limit).map(([uuid, revision]) => ({ uuid, revision }));
  }

  /** What this store wrote, or has taken over. */
  due(limit: number): readonly OutboxEntry[] {
    const entries: OutboxEntry[] = [];
    for (const [uuid, intents] of this.#remembered) {
      if (entries.length >= limit) break;
      let newest = 0n;
      for (const { intent } of intents.values()) if (intent.revision > newest) newest = intent.revision;
      entries.push({ uuid, revision: newest });
    }
    return entries;
  }

  /**
   * Nothing is dropped while there is a newer revision: whoever wrote that may have published it before us, and what came
   * last on the bus has to be the newest. Nor before the mark says how far the log has to be read instead.
   */
  async published({ uuid, revision }: OutboxEntry, end: bigint): Promise<void> {
    const known = this.#remembered.get(uuid) ?? (await this.#find(uuid));
    if (known.size === 0) return;
    const [state] = await Promise.all([this.#rows.state(uuid), this.#logMark.move(end)]);
    if ((state?.revision ?? 0n) > revision) return;
    await Promise.all(
      [...known.values()].map(async ({ intent, isSettled }) => {
        if (intent.revision > revision) return;
        if (!isSettled) await this.#settling.settle(intent);
        await this.#intents.drop(intent);
        known.delete(intent.nonce);
        if (known.size === 0) this.#remembered.delete(uuid);
      }),
    );
  }

  /** Takes back writes that did not come true, and tells of those of others that nobody publishes. */
  async sweep(tell: (entry: OutboxEntry) => void): Promise<void> {
    const now = this.#clock.monotonicMs();
    const before = this.#pendingSince;
    const since = new Map<string, number>();
    let looks = 0;
    for await (const intents of this.#intents.all()) {
      // What was taken over is told again as long as it waits, and need not be looked at for that.
      const foreign = intents.filter((intent) => this.#known(intent) === undefined);
      for (const intent of intents) {
        if (this.#known(intent)?.isOurs === false) tell({ uuid: intent.uuid, revision: intent.revision });
      }
      for (const { nonce } of foreign) since.set(nonce, before.get(nonce) ?? now);
      const old = foreign.filter(({ nonce }) => now - (before.get(nonce) ?? now) >= ABANDON_MS);
      looks += old.length;
      for (const { intent, revision } of await this.#looked(old)) {
        if (revision >= intent.revision) {
          this.#remember({ intent, isOurs: false, isSettled: false });
          tell({ uuid: intent.uuid, revision });
        } else await this.#settling.abandon(intent);
      }
      if (looks >= SWEEP_LOOKS) break;
    }
    this.#pendingSince = since;
  }

  #isOurs(intent: Intent): boolean {
    return this.#known(intent)?.isOurs ?? false;
  }

  #known({ uuid, nonce }: Intent): Remembered | undefined {
    return this.#remembered.get(uuid)?.get(nonce);
  }

  /** Intents with the revision that their object has now: as we know it where all of its intents are ours. */
  async #looked(
    intents: readonly Intent[],
  ): Promise<readonly { readonly intent: Intent; readonly revision: bigint }[]> {
    const foreign = new Set(intents.filter((intent) => !this.#isOurs(intent)).map(({ uuid }) => uuid));
    const revisions = new Map<string, bigint>();
    const read = async (uuid: string): Promise<void> => {
      revisions.set(uuid, (await this.#rows.state(uuid))?.revision ?? 0n);
    };
    await Promise.all([...foreign].map(read));
    return intents.map((intent) => {
      const revision = revisions.get(intent.uuid) ?? this.#newestOfOurs(intent.uuid);
      return { intent, revision };
    });
  }

  #newestOfOurs(uuid: string): bigint {
    let newest = 0n;
    for (const { intent, isOurs } of this.#remembered.get(uuid)?.values() ?? []) {
      if (isOurs && intent.revision > newest) newest = intent.revision;
    }
    return newest;
  }

  async #find(uuid: string): Promise<Map<string, Remembered>> {
    const found = new Map<string, Remembered>();
    for await (const intents of this.#intents.all()) {
      for (const intent of intents)
        if (intent.uuid === uuid) found.set(intent.nonce, { intent, isOurs: false, isSettled: false });
    }
    return found;
  }

  #remember(item: Remembered): void {
    const { uuid, nonce } = item.intent;
    const known = this.#remembered.get(uuid) ?? new Map<string, Remembered>();
    if (!known.has(nonce) || item.isOurs) known.set(nonce, item);
    this.#remembered.set(uuid, known);
    if (this.#remembered.size <= MAX_REMEMBERED) return;
    for (const oldest of this.#remembered.keys()) {
      this.#remembered.delete(oldest);
      break;
    }
  }
}
