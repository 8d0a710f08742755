import { type Bus, CONFIG_TOPIC } from "@contrail/bus";
import type { ConfigObject } from "@contrail/schema";
import type { ObjectStore, OutboxEntry } from "@contrail/store";

/** Objects that are put on the bus with one append. */
const BATCH = 500;

/** Asks the publisher to put every object of the store on the bus again: the log has lost some. */
export class PublishAgain {
  #asked = 0;
  #done = 0;
  #wake: () => void = () => {};

  ask(): void {
    this.#asked++;
    this.#wake();
  }

  /** Calls back whenever it is asked for. */
  onAsk(wake: () => void): void {
    this.#wake = wake;
  }

  /** Does what was asked for; it stays due where it fails. */
  async fulfil(publishAll: () => Promise<void>): Promise<void> {
    const asked = this.#asked;
    if (asked === this.#done) return;
    await publishAll();
    this.#done = asked;
  }
}

/** What is published again, and how. */
export interface PublishAgainParts {
  readonly store: ObjectStore;
  readonly bus: Bus;
  readonly encode: (object: ConfigObject) => Uint8Array;
  /** Publishes the newest states of entries; gives them with their revisions. */
  readonly newest: (entries: readonly OutboxEntry[]) => Promise<readonly OutboxEntry[]>;
}

/**
 * Puts every object of the store on the bus; gives how many. What another node writes and publishes meanwhile comes after
 * it: the log ends in the newest state of each.
 */
export async function publishAll({ store, bus, encode, newest }: PublishAgainParts): Promise<number> {
  let count = 0;
  let batch: ConfigObject[] = [];
  const flush = async (): Promise<void> => {
    if (batch.length === 0) return;
    const records = batch.map((object) => ({ key: Buffer.from(object.uuid), value: encode(object) }));
    let put: readonly OutboxEntry[] = batch;
    count += batch.length;
    batch = [];
    await bus.append(CONFIG_TOPIC, records);
    while (put.length > 0) put = await newest(await overtaken(store, put));
  };
  for await (const object of store.all()) {
    batch.push(object);
    if (batch.length === BATCH) await flush();
  }
  await flush();
  return count;
}

/** Those of which the store has a newer state by now. */
async function overtaken(store: ObjectStore, entries: readonly OutboxEntry[]): Promise<readonly OutboxEntry[]> {
  const states = await Promise.all(entries.map(({ uuid }) => store.state(uuid)));
  return entries.flatMap(({ uuid, revision }, index) => {
    const now = states[index]?.revision ?? revision;
    return now > revision ? [{ uuid, revision: now }] : [];
  });
}
