import type { StoredBusRecord } from "@contrail/bus";
import type { Kafka } from "kafkajs";
import { type Connections, type FetchedMessage, openConnections } from "./client.ts";

const PARTITION = 0;
/** Milliseconds that a broker holds a fetch that finds nothing. */
const WAIT_MS = 500;
const FETCH_BYTES = 4 * 1024 * 1024;
/** More than the largest batch that a topic takes: a fetch of so much that finds no record has met none. */
const LARGEST_FETCH_BYTES = 96 * 1024 * 1024;
const READ_UNCOMMITTED = 0;

/** What was found from an offset on. */
export interface Fetched {
  readonly records: readonly StoredBusRecord[];
  readonly highWaterMark: bigint;
  /** Where the next fetch begins. */
  readonly next: bigint;
}

/** Reads the one partition of a topic, a fetch at a time, over connections of its own: a fetch that waits holds up no other. */
export class TopicReader {
  readonly #connections: Connections;
  readonly #topic: string;
  #isOpen = false;

  constructor(kafka: Kafka, topic: string) {
    this.#connections = openConnections(kafka);
    this.#topic = topic;
  }

  /** Rejects with the library's error; code 1 of the protocol (type OFFSET_OUT_OF_RANGE) where the offset is not there. */
  async fetch(offset: bigint): Promise<Fetched> {
    await this.#open();
    for (let maxBytes = FETCH_BYTES; ; maxBytes = LARGEST_FETCH_BYTES) {
      const { messages, highWatermark } = await this.#ask(offset, maxBytes);
      const highWaterMark = BigInt(highWatermark);
      const last = messages.at(-1);
      if (last !== undefined) return { records: recordsOf(messages, offset), highWaterMark, next: endOf(last, offset) };
      if (highWaterMark <= offset) return { records: [], highWaterMark, next: offset };
      // Only batches that compaction has emptied, or they hide the beginning of a large one: ask for more.
      if (maxBytes === LARGEST_FETCH_BYTES) return { records: [], highWaterMark, next: highWaterMark };
    }
  }

  /** The oldest offset that is there. */
  async earliest(): Promise<bigint> {
    await this.#open();
    const partitions = [{ partition: PARTITION }];
    const asked = [{ topic: this.#topic, partitions, fromBeginning: true }];
    const [answer] = await this.#connections.fetchTopicsOffset(asked);
    return BigInt(answer?.partitions[0]?.offset ?? "0");
  }

  close(): Promise<void> {
    return this.#connections.disconnect();
  }

  async #open(): Promise<void> {
    if (this.#isOpen) return;
    await this.#connections.connect();
    await this.#connections.addTargetTopic(this.#topic);
    this.#isOpen = true;
  }

  async #ask(offset: bigint, maxBytes: number) {
    const [leader] = Object.keys(this.#connections.findLeaderForPartitions(this.#topic, [PARTITION]));
    if (leader === undefined) throw new Error(`topic ${this.#topic} has no leader`);
    const broker = await this.#connections.findBroker({ nodeId: leader });
    const partitions = [{ partition: PARTITION, fetchOffset: String(offset), maxBytes }];
    const { responses } = await broker.fetch({
      isolationLevel: READ_UNCOMMITTED,
      maxWaitTime: WAIT_MS,
      minBytes: 1,
      maxBytes,
      topics: [{ topic: this.#topic, partitions }],
    });
    const [answer] = responses.flatMap((response) => response.partitions);
    if (answer === undefined) throw new Error(`a fetch of ${this.#topic} was answered with nothing`);
    return answer;
  }
}

/** The records from an offset on: a batch comes whole, with those before it. */
function recordsOf(messages: readonly FetchedMessage[], from: bigint): readonly StoredBusRecord[] {
  return messages.flatMap(({ offset, key, value, isControlRecord }): StoredBusRecord[] => {
    if (isControlRecord === true || BigInt(offset) < from) return [];
    return [{ offset: BigInt(offset), key: key ?? new Uint8Array(0), value: value ?? undefined }];
  });
}

/** The offset after the batch of the last message: records at the end of it may have been removed. */
function endOf({ batchContext, offset }: FetchedMessage, from: bigint): bigint {
  const ends = [BigInt(batchContext.firstOffset) + BigInt(batchContext.lastOffsetDelta), BigInt(offset), from - 1n];
  return ends.reduce((highest, end) => (end > highest ? end : highest)) + 1n;
}
