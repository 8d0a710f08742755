import type { Clock } from "@contrail/clock";
import type { OutboxEntry } from "@contrail/store";
import type { Intent } from "./intent.ts";
import type { Intents } from "./intents.ts";
import type { ObjectRows } from "./rows.ts";
import type { Settling } from "./settling.ts";

/** Intents that are remembered for published(); those beyond are looked for when they are asked about. */
const MAX_REMEMBERED = 50_000;
/** A write that has not come true for so long is taken back: its writer is gone, or tries again. */
const ABANDON_MS = 3_000;
/** What other nodes wrote and have not published for so long is told to this node's listeners. */
const FOREIGN_MS = 3_000;
/** Intents that one sweep looks at. */
const SWEEP_INTENTS = 2_000;

interface Remembered {
  readonly intent: Intent;
  readonly isSettled: boolean;
}

/** What is written and not published: the intents whose write has come true. */
export class Outbox {
  readonly #intents: Intents;
  readonly #rows: ObjectRows;
  readonly #settling: Settling;
  readonly #clock: Clock;
  readonly #remembered = new Map<string, Map<string, Remembered>>();
  #pendingSince = new Map<string, number>();

  constructor(parts: { intents: Intents; rows: ObjectRows; settling: Settling; clock: Clock }) {
    this.#intents = parts.intents;
    this.#rows = parts.rows;
    this.#settling = parts.settling;
    this.#clock = parts.clock;
  }

  /** Takes note of a write of ours. */
  wrote(intent: Intent, isSettled: boolean): void {
    this.#remember(intent, isSettled);
  }

  async entries(limit: number): Promise<readonly OutboxEntry[]> {
    const found = new Map<string, bigint>();
    for await (const intents of this.#intents.all()) {
      for (const { intent, revision } of await this.#looked(intents)) {
        if (revision < intent.revision) continue;
        found.set(intent.uuid, revision);
        this.#remember(intent, false);
      }
      if (found.size >= limit) break;
    }
    return [...found].slice(0, limit).map(([uuid, revision]) => ({ uuid, revision }));
  }

  async published({ uuid, revision }: OutboxEntry): Promise<void> {
    const known = this.#remembered.get(uuid) ?? (await this.#find(uuid));
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

  /** Takes back writes that did not come true, and tells of those that nobody publishes. */
  async sweep(tell: (entry: OutboxEntry) => void): Promise<void> {
    const now = this.#clock.monotonicMs();
    const before = this.#pendingSince;
    const since = new Map<string, number>();
    let count = 0;
    for await (const intents of this.#intents.all()) {
      count += intents.length;
      for (const { intent, revision } of await this.#looked(intents)) {
        const firstMs = before.get(intent.nonce) ?? now;
        since.set(intent.nonce, firstMs);
        const isWritten = revision >= intent.revision;
        const isOurs = this.#remembered.get(intent.uuid)?.has(intent.nonce) ?? false;
        if (isWritten && !isOurs && now - firstMs >= FOREIGN_MS) tell({ uuid: intent.uuid, revision });
        if (!isWritten && now - firstMs >= ABANDON_MS) await this.#settling.abandon(intent);
      }
      if (count >= SWEEP_INTENTS) break;
    }
    this.#pendingSince = since;
  }

  /** Intents with the revision that their object has now. */
  async #looked(
    intents: readonly Intent[],
  ): Promise<readonly { readonly intent: Intent; readonly revision: bigint }[]> {
    const uuids = [...new Set(intents.map(({ uuid }) => uuid))];
    const states = await Promise.all(uuids.map((uuid) => this.#rows.state(uuid)));
    const revisions = new Map(uuids.map((uuid, index) => [uuid, states[index]?.revision ?? 0n]));
    return intents.map((intent) => ({ intent, revision: revisions.get(intent.uuid) ?? 0n }));
  }

  async #find(uuid: string): Promise<Map<string, Remembered>> {
    const found = new Map<string, Remembered>();
    for await (const intents of this.#intents.all()) {
      for (const intent of intents) if (intent.uuid === uuid) found.set(intent.nonce, { intent, isSettled: false });
    }
    return found;
  }

  #remember(intent: Intent, isSettled: boolean): void {
    const known = this.#remembered.get(intent.uuid) ?? new Map<string, Remembered>();
    if (!known.has(intent.nonce)) known.set(intent.nonce, { intent, isSettled });
    this.#remembered.set(intent.uuid, known);
    if (this.#remembered.size <= MAX_REMEMBERED) return;
    for (const uuid of this.#remembered.keys()) {
      this.#remembered.delete(uuid);
      break;
    }
  }
}
