import { type Bus, CONFIG_TOPIC } from "@contrail/bus";
import type { Clock } from "@contrail/clock";
import { ContrailError } from "@contrail/errors";
import type { Logger } from "@contrail/observability";
import type { ConfigChange, ConfigObject } from "@contrail/schema";
import type { ObjectStore, OutboxEntry } from "@contrail/store";
import { configWire, toWireChange } from "@contrail/wire";
import { PublishAgain, publishAll } from "./publish-again.ts";

/** Entries published with one append. */
const BATCH_ENTRIES = 500;
const RETRY_MS = 500;
/** Time for what is due when the node stops. */
const FAREWELL_MS = 1_000;
/** Times that an object is read which is removed and made again meanwhile. */
const MAX_READS = 5;

/** What an object was that is gone; the outbox does not say it. */
export type RemovedLookup = (uuid: string) => { readonly type: string; readonly fqName: readonly string[] } | undefined;

/** An object as it was written last, where this node alone writes; the store needs not be asked then. */
export type WrittenLookup = (uuid: string) => ConfigObject | undefined;

/** What a publisher works with. */
export interface PublisherParts {
  readonly store: ObjectStore;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly removed?: RemovedLookup;
  readonly written?: WrittenLookup;
  /** Tells when the log has lost records. */
  readonly again?: PublishAgain;
}

/**
 * Carries the outbox to the bus until the signal aborts: at least once, each uuid in the order of its revisions. Woken
 * by writes; an entry leaves the outbox only when its own revision is on the bus, and no newer one was read meanwhile.
 */
export async function publish(parts: PublisherParts, signal: AbortSignal): Promise<void> {
  const { store, clock, logger, again = new PublishAgain() } = parts;
  let wake = Promise.withResolvers<void>();
  const stopListening = store.onWrite(() => wake.resolve());
  again.onAsk(() => wake.resolve());
  signal.addEventListener("abort", () => wake.resolve(), { once: true });
  // What a node that is gone has left is on the bus at once, and leaves the outbox when it is ours.
  let isFirst = true;
  while (!signal.aborted) {
    const woken = wake;
    try {
      if (isFirst) await publishEntries(parts, await leftByOthers(store));
      isFirst = false;
      await again.fulfil(() => putAllAgain(parts));
      if ((await publishDue(parts)) > 0) continue;
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
  await farewell(parts);
}

async function putAllAgain(parts: PublisherParts): Promise<void> {
  const { store, bus, logger } = parts;
  const encodeOne = (object: ConfigObject) => encode({ kind: "upsert", object });
  const newest = async (entries: readonly OutboxEntry[]) => (await publishEntries(parts, entries)).entries;
  logger.info("all is published again", { objects: await publishAll({ store, bus, encode: encodeOne, newest }) });
}

/** What was written last is published before the node goes, if that can be done at once; others would let it wait. */
async function farewell(parts: PublisherParts): Promise<void> {
  const over = Promise.withResolvers<void>();
  const timer = parts.clock.setTimer(FAREWELL_MS, over.resolve);
  const publishing = publishDue(parts).then(
    () => undefined,
    () => undefined, // It stays in the outbox.
  );
  await Promise.race([publishing, over.promise]);
  timer.cancel();
}

async function leftByOthers(store: ObjectStore): Promise<readonly OutboxEntry[]> {
  const own = new Set((await store.due(BATCH_ENTRIES)).map(({ uuid }) => uuid));
  return (await store.outbox(BATCH_ENTRIES)).filter(({ uuid }) => !own.has(uuid));
}

async function publishDue(parts: PublisherParts): Promise<number> {
  const { entries, end } = await publishEntries(parts, await parts.store.due(BATCH_ENTRIES));
  await Promise.all(entries.map((entry) => parts.store.published(entry, end)));
  return entries.length;
}

/** Entries as they were put on the bus, and the position of the log after them. */
interface Published {
  readonly entries: readonly OutboxEntry[];
  readonly end: bigint;
}

/** Puts the newest states of entries on the bus; gives them with their revisions. */
async function publishEntries(parts: PublisherParts, entries: readonly OutboxEntry[]): Promise<Published> {
  const messages = await Promise.all(entries.map((entry) => newestChange(parts, entry)));
  const changes = messages.flatMap((change) => change ?? []);
  if (changes.length === 0) return { entries: [], end: 0n };
  const records = changes.map((change) => ({ key: Buffer.from(uuidOf(change)), value: encode(change) }));
  const first = await parts.bus.append(CONFIG_TOPIC, records);
  const published = changes.map((change) => ({
    uuid: uuidOf(change),
    revision: change.kind === "upsert" ? change.object.revision : change.revision,
  }));
  return { entries: published, end: first + BigInt(records.length) };
}

/** The object as it is now, or its removal; undefined: it goes and comes all the time, and is looked at again. */
async function newestChange(
  { store, removed = () => undefined, written = () => undefined }: PublisherParts,
  { uuid, revision }: OutboxEntry,
): Promise<ConfigChange | undefined> {
  const known = written(uuid);
  if (known !== undefined && known.revision >= revision) return { kind: "upsert", object: known };
  for (let read = 1; read <= MAX_READS; read++) {
    const object = await store.read(uuid);
    if (object !== undefined) return { kind: "upsert", object };
    const state = await store.state(uuid);
    if (state?.isThere === true) continue;
    const { type, fqName } = removed(uuid) ?? { type: "", fqName: [] };
    return { kind: "remove", type, uuid, fqName, revision: state?.revision ?? revision };
  }
  return undefined;
}

function uuidOf(change: ConfigChange): string {
  return change.kind === "upsert" ? change.object.uuid : change.uuid;
}

function encode(change: ConfigChange): Uint8Array {
  return configWire.ObjectChange.encode(toWireChange(change)).finish();
}
