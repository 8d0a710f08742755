import type { Clock } from "@contrail/clock";
import { nonce, retried } from "./conditional.ts";
import { Instance, type InstanceRow } from "./instance.ts";
import { encodeDetail, type Intent, type IntentDetail, type IntentKey, intentOf } from "./intent.ts";
import { type PlainWrites, plainWrites } from "./plain-writes.ts";
import type { Session } from "./session.ts";
import { CQL } from "./statements.ts";

/** An intent of ours, and what ends our own work on it. */
export interface OwnIntent extends Intent {
  done(): void;
}

/** Intents of all stores that write to the keyspace. */
export class Intents {
  readonly #session: Session;
  readonly #clock: Clock;
  readonly #instance: Instance;
  readonly #puts: PlainWrites;
  readonly #drops: PlainWrites;

  constructor(session: Session, clock: Clock) {
    this.#session = session;
    this.#clock = clock;
    this.#instance = new Instance(session, clock);
    this.#puts = plainWrites(session, clock, "intents", CQL.putIntent);
    this.#drops = plainWrites(session, clock, "intents", CQL.dropIntent);
  }

  /** Names an intent that put() writes; what it makes carries its nonce. */
  async begin(uuid: string, revision: bigint): Promise<Omit<OwnIntent, "detail">> {
    const place = await this.#instance.place();
    return { ...place, nonce: nonce(), uuid, revision };
  }

  async put(begun: Omit<OwnIntent, "detail">, detail: IntentDetail): Promise<OwnIntent> {
    const { instance, generation, uuid, revision } = begun;
    const parameters = [instance, generation, begun.nonce, uuid, revision, encodeDetail(detail)];
    await this.#puts.run(`${instance} ${generation}`, parameters);
    return { ...begun, detail };
  }

  drop({ instance, generation, nonce: key }: IntentKey): Promise<void> {
    return this.#drops.run(`${instance} ${generation}`, [instance, generation, key]);
  }

  /** The intents of every partition, the oldest of each instance first. Tells of those that are found empty. */
  async *all(): AsyncGenerator<readonly Intent[], void, undefined> {
    const rows = await retried(this.#clock, "the list of those that write", () => this.#instance.all());
    const others: { readonly row: InstanceRow; readonly isEmpty: boolean }[] = [];
    for (const row of rows) {
      let isEmpty = true;
      for (let generation = row.oldest; generation <= row.newest; generation++) {
        const isClosed = this.#instance.isClosed(row, generation);
        const found = await this.#generation(row.id, generation);
        if (found.length === 0) {
          if (isClosed) this.#instance.emptied(generation);
        } else {
          isEmpty = false;
          yield found;
        }
      }
      others.push({ row, isEmpty });
    }
    await this.#instance.keep(others);
  }

  /** Takes this store off the list of those that write, where it has left nothing. */
  async leave(): Promise<void> {
    const own = (await this.#instance.all()).find(({ id }) => this.#instance.is(id));
    let isEmpty = own !== undefined;
    for (let generation = own?.oldest ?? 1n; own !== undefined && generation <= own.newest; generation++) {
      isEmpty &&= (await this.#generation(own.id, generation)).length === 0;
    }
    await this.#instance.leave(isEmpty);
  }

  async #generation(instance: string, generation: bigint): Promise<readonly Intent[]> {
    const read = (): Promise<readonly Intent[]> =>
      this.#session
        .execute(CQL.readIntents, [instance, generation])
        .then((rows) => rows.map((row) => intentOf(instance, generation, row)));
    return retried(this.#clock, "intents", read);
  }
}
