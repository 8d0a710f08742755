import type { Bus, BusBatch, BusRecord } from "@contrail/bus";
import type { Clock } from "@contrail/clock";
import { ContrailError } from "@contrail/errors";
import type { Admin, Kafka } from "kafkajs";
import { createClient, REQUEST_MS, unavailable } from "./client.ts";
import type { KafkaBusOptions } from "./options.ts";
import { type Fetched, TopicReader } from "./topic-reader.ts";
import { TopicWriter } from "./topic-writer.ts";

const FIRST_BACKOFF_MS = 100;
/** Pause after a fetch that met nothing though the mark is further on. */
const NOTHING_MET_MS = 50;
const LAST_BACKOFF_MS = 3_000;
/** How long the end of a topic is asked for before it is bus.unavailable. */
const DEADLINE_MS = 10_000;
/** Code of the protocol: the offset is before the oldest record, or after the end. */
const OUT_OF_RANGE = "OFFSET_OUT_OF_RANGE";
const UNKNOWN_TOPIC = "UNKNOWN_TOPIC_OR_PARTITION";
/** Largest request that makes one batch; what an append may hold at most. */
const MAX_BATCH_BYTES = 32 * 1024 * 1024;
/** Copies from which on an append needs two. */
const SAFE_REPLICATION = 3;

/** The bus in Kafka: a compacted topic with one partition for each topic of the port. Nothing is connected before it is used. */
export function createKafkaBus(options: KafkaBusOptions): Bus {
  return new KafkaBus(options);
}

class KafkaBus implements Bus {
  readonly #options: KafkaBusOptions;
  readonly #kafka: Kafka;
  readonly #writers = new Map<string, TopicWriter>();
  /** Topics that are known to be there. */
  readonly #made = new Map<string, Promise<void>>();
  readonly #closed = new AbortController();
  #admin: Promise<Admin> | undefined;

  constructor(options: KafkaBusOptions) {
    this.#options = options;
    this.#kafka = createClient(options);
  }

  append(topic: string, records: readonly BusRecord[]): Promise<bigint> {
    if (records.length === 0) return this.highWaterMark(topic);
    const writer = this.#writers.get(topic) ?? new TopicWriter(this.#kafka, topic, () => this.#makeTopic(topic));
    this.#writers.set(topic, writer);
    return writer.append(records).catch((reason: unknown) => {
      this.#forgetLost(topic, reason);
      throw reason;
    });
  }

  async highWaterMark(topic: string): Promise<bigint> {
    const { clock } = this.#options;
    const deadlineMs = clock.monotonicMs() + DEADLINE_MS;
    for (;;) {
      try {
        await this.#makeTopic(topic);
        const [partition] = await (await this.#connected()).fetchTopicOffsets(topic);
        if (partition === undefined) throw new Error(`${topic} is not known to the broker that was asked`);
        return BigInt(partition.high);
      } catch (reason) {
        this.#forgetLost(topic, reason);
        // A broker may not have heard of a topic that was just made, or of its new leader.
        if (clock.monotonicMs() >= deadlineMs) throw unavailable(`${topic} tells no end`, reason);
        await clock.sleep(FIRST_BACKOFF_MS, this.#closed.signal);
      }
    }
  }

  async *read(topic: string, fromOffset: bigint, signal: AbortSignal): AsyncGenerator<BusBatch, void, undefined> {
    const ended = AbortSignal.any([signal, this.#closed.signal]);
    const position: Position = { offset: fromOffset, isGap: false };
    let backoffMs = FIRST_BACKOFF_MS;
    while (!ended.aborted) {
      const reader = new TopicReader(this.#kafka, topic);
      try {
        await unlessAborted(this.#makeTopic(topic), ended);
        for await (const batch of follow(reader, position, this.#options.clock, ended)) {
          backoffMs = FIRST_BACKOFF_MS;
          yield batch;
        }
      } catch (reason) {
        if (ended.aborted) return;
        // The topic that is made in its place begins anew.
        if (this.#forgetLost(topic, reason) && position.offset > 0n)
          Object.assign(position, { offset: 0n, isGap: true });
        this.#options.logger.warn("broker lost", { topic, reason: ContrailError.from(reason).message });
      } finally {
        reader.close().catch(() => undefined); // A fetch may still wait in it; nobody waits for that.
      }
      const pause = this.#options.clock.sleep(backoffMs * (0.5 + this.#options.random() / 2), ended);
      await pause.catch(() => undefined); // Aborted: the loop ends.
      backoffMs = Math.min(backoffMs * 2, LAST_BACKOFF_MS);
    }
  }

  async close(): Promise<void> {
    this.#closed.abort();
    await Promise.all([...this.#writers.values()].map((writer) => writer.close()));
    const admin = await this.#admin?.catch(() => undefined); // It never was connected.
    await admin?.disconnect();
  }

  /** True where a topic that was there is gone: it is made again by who needs it next. */
  #forgetLost(topic: string, reason: unknown): boolean {
    const isLost = isUnknownTopic(reason);
    if (isLost) this.#made.delete(topic);
    return isLost;
  }

  /** Makes a topic where it is not there; two nodes may do it at once. */
  #makeTopic(topic: string): Promise<void> {
    const known = this.#made.get(topic);
    if (known !== undefined) return known;
    const making = this.#makeTopicOnce(topic).catch((reason: unknown) => {
      this.#made.delete(topic);
      throw unavailable(`topic ${topic} cannot be made`, reason);
    });
    this.#made.set(topic, making);
    return making;
  }

  async #makeTopicOnce(topic: string): Promise<void> {
    const { replication } = this.#options;
    const settings = {
      "cleanup.policy": "compact",
      "min.insync.replicas": replication >= SAFE_REPLICATION ? "2" : "1",
      "max.message.bytes": String(MAX_BATCH_BYTES),
    };
    const configEntries = Object.entries(settings).map(([name, value]) => ({ name, value }));
    const admin = await this.#connected();
    // Its leader is waited for by who uses it.
    await admin.createTopics({
      waitForLeaders: false,
      timeout: REQUEST_MS,
      topics: [{ topic, numPartitions: 1, replicationFactor: replication, configEntries }],
    });
  }

  /** One connection for all that is asked about topics; the library mends it by itself. */
  #connected(): Promise<Admin> {
    if (this.#admin !== undefined) return this.#admin;
    const admin = this.#kafka.admin();
    const connecting = admin.connect().then(
      () => admin,
      (reason: unknown) => {
        this.#admin = undefined;
        throw reason;
      },
    );
    this.#admin = connecting;
    return connecting;
  }
}

interface Position {
  offset: bigint;
  /** Records may be missing before the offset; until that has been told. */
  isGap: boolean;
}

/** Batches from a position on, which moves with them, until the signal aborts or a fetch fails. */
async function* follow(
  reader: Pick<TopicReader, "fetch" | "earliest">,
  position: Position,
  clock: Clock,
  signal: AbortSignal,
): AsyncGenerator<BusBatch> {
  let told: bigint | undefined;
  let hasHole = false;
  while (!signal.aborted) {
    const { records, highWaterMark, next } = await unlessAborted(fetchAnyway(reader, position), signal);
    const isFurther = next > position.offset;
    hasHole ||= (records.at(-1)?.offset ?? position.offset - 1n) + 1n < next;
    position.offset = next;
    const isAtEnd = next >= highWaterMark;
    // An empty batch would say that nothing lies before the mark.
    if (records.length === 0 && !isAtEnd) {
      if (!isFurther) await clock.sleep(NOTHING_MET_MS, signal);
      continue;
    }
    if (position.isGap) {
      position.isGap = false;
      yield { records, highWaterMark, isGap: true };
    } else if (records.length > 0) yield { records, highWaterMark };
    // Who waits for the mark and finds that its records were removed is told that there is no more.
    else if (told !== highWaterMark || hasHole) yield { records, highWaterMark };
    told = highWaterMark;
    if (isAtEnd && records.length === 0) hasHole = false;
  }
}

/** Goes on with the oldest record where the offset is not there. */
async function fetchAnyway(reader: Pick<TopicReader, "fetch" | "earliest">, position: Position): Promise<Fetched> {
  try {
    return await reader.fetch(position.offset);
  } catch (reason) {
    if (typeOf(reason) !== OUT_OF_RANGE) throw reason;
    const fetched = await reader.fetch(await reader.earliest());
    position.isGap = true;
    return fetched;
  }
}

/** Errors of the protocol have a type. */
function typeOf(reason: unknown): unknown {
  return (reason as { type?: unknown }).type;
}

/** The library tells it as it is, or as the cause of giving up. */
function isUnknownTopic(reason: unknown): boolean {
  for (let cause = reason; cause instanceof Error; cause = cause.cause)
    if (typeOf(cause) === UNKNOWN_TOPIC) return true;
  return false;
}

/** A promise's value, or a rejection as soon as the signal aborts. */
async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  const onAbort = (): void => aborted.reject(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  promise.catch(() => undefined); // Nobody may be waiting any more.
  try {
    signal.throwIfAborted();
    return await Promise.race([promise, aborted.promise]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
