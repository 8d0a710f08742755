import type { StoredBusRecord } from "@contrail/bus";
import type { Kafka } from "kafkajs";
import { endOfBatches } from "./batch-ends.ts";
import { type Connections, type FetchedMessage, openConnections, watched } from "./client.ts";

const PARTITION = 0;
/** Milliseconds that a broker holds a fetch that finds nothing. */
const WAIT_MS = 500;
const FETCH_BYTES = 4 * 1024 * 1024;
const READ_UNCOMMITTED = 0;

/** What was found from an offset on. */
export interface Fetched {
  readonly records: readonly StoredBusRecord[];
  readonly highWaterMark: bigint;
  /**
   * Where the next fetch begins: after the last batch that was met, which compaction may have emptied. Not after the fetch's
   * own offset where nothing was met, which below the mark may be for a moment, when the topic has a new leader.
   */
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
    const { messages, highWatermark, end } = await this.#ask(offset);
    const next = end === undefined || end < offset ? offset : end;
    return { records: recordsOf(messages, offset), highWaterMark: BigInt(highWatermark), next };
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

  async #ask(offset: bigint) {
    const [leader] = Object.keys(this.#connections.findLeaderForPartitions(this.#topic, [PARTITION]));
    if (leader === undefined) throw new Error(`topic ${this.#topic} has no leader`);
    let end: bigint | undefined;
    const broker = watched(await this.#connections.findBroker({ nodeId: leader }), (answer, version) => {
      end = endOfBatches(answer, version);
    });
    // The first batch comes whole, however large it is.
    const partitions = [{ partition: PARTITION, fetchOffset: String(offset), maxBytes: FETCH_BYTES }];
    const { responses } = await broker.fetch({
      isolationLevel: READ_UNCOMMITTED,
      maxWaitTime: WAIT_MS,
      minBytes: 1,
      maxBytes: FETCH_BYTES,
      topics: [{ topic: this.#topic, partitions }],
    });
    const [answer] = responses.flatMap((response) => response.partitions);
    if (answer === undefined) throw new Error(`a fetch of ${this.#topic} was answered with nothing`);
    return { ...answer, end };
  }
}

/** The records from an offset on: a batch comes whole, with those before it. */
function recordsOf(messages: readonly FetchedMessage[], from: bigint): readonly StoredBusRecord[] {
  return messages.flatMap(({ offset, key, value, isControlRecord }): StoredBusRecord[] => {
    if (isControlRecord === true || BigInt(offset) < from) return [];
    return [{ offset: BigInt(offset), key: key ?? new Uint8Array(0), value: value ?? undefined }];
  });
}
