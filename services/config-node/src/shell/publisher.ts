import { type Bus, CONFIG_TOPIC } from "@contrail/bus";
import type { Clock } from "@contrail/clock";
import { ContrailError } from "@contrail/errors";
import type { Logger } from "@contrail/observability";
import type { ObjectStore, OutboxEntry } from "@contrail/store";
import { configWire, toWireChange } from "@contrail/wire";

/** Entries published with one append. */
const BATCH_ENTRIES = 500;
const RETRY_MS = 500;

/** What an object was that is gone; the outbox does not say it. */
export type RemovedLookup = (uuid: string) => { readonly type: string; readonly fqName: readonly string[] } | undefined;

/**
 * Carries the outbox to the bus until the signal aborts: at least once, each uuid in the order of its revisions. Woken
 * by writes; an entry leaves the outbox only when its own revision is on the bus.
 */
export async function publish(
  store: ObjectStore,
  bus: Bus,
  clock: Clock,
  logger: Logger,
  signal: AbortSignal,
  removed: RemovedLookup = () => undefined,
): Promise<void> {
  let wake = Promise.withResolvers<void>();
  const stopListening = store.onWrite(() => wake.resolve());
  signal.addEventListener("abort", () => wake.resolve(), { once: true });
  while (!signal.aborted) {
    const woken = wake;
    try {
      if ((await publishBatch(store, bus, removed)) > 0) continue;
      await woken.promise;
      wake = Promise.withResolvers();
      if (signal.aborted) wake.resolve();
    } catch (reason) {
      if (signal.aborted) break;
      logger.warn("publication failed, trying again", { reason: ContrailError.from(reason).message });
      await clock.sleep(RETRY_MS, signal).catch(() => undefined); // Aborted: the loop ends.
    }
  }
  stopListening();
}

async function publishBatch(store: ObjectStore, bus: Bus, removed: RemovedLookup): Promise<number> {
  const entries = await store.outbox(BATCH_ENTRIES);
  if (entries.length === 0) return 0;
  const published = await Promise.all(entries.map((entry) => readEntry(store, entry, removed)));
  await bus.append(
    CONFIG_TOPIC,
    published.map(({ entry, value }) => ({ key: Buffer.from(entry.uuid), value })),
  );
  await Promise.all(published.map(({ entry }) => store.published(entry)));
  return entries.length;
}

/** The message of an entry: the object as it is now, which may be newer than the entry. */
async function readEntry(
  store: ObjectStore,
  entry: OutboxEntry,
  removed: RemovedLookup,
): Promise<{ entry: OutboxEntry; value: Uint8Array }> {
  const object = await store.read(entry.uuid);
  if (object === undefined) {
    const { uuid, revision } = entry;
    const { type, fqName } = removed(uuid) ?? { type: "", fqName: [] };
    return { entry, value: encode({ kind: "remove", type, uuid, fqName, revision }) };
  }
  return { entry: { uuid: entry.uuid, revision: object.revision }, value: encode({ kind: "upsert", object }) };
}

function encode(change: Parameters<typeof toWireChange>[0]): Uint8Array {
  return configWire.ObjectChange.encode(toWireChange(change)).finish();
}
