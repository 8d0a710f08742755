import type { BusRecord } from "@contrail/bus";
import { ContrailError } from "@contrail/errors";
import type { Kafka, Message, Producer } from "kafkajs";
import { REQUEST_MS, unavailable } from "./client.ts";

/** Appends that wait for the one under way; one more is refused. */
const WAITING_APPENDS = 10_000;
/** Records of several appends that are sent together. */
const TOGETHER_RECORDS = 1_000;
const TOGETHER_BYTES = 1024 * 1024;
const ALL_REPLICAS = -1;

interface Append {
  readonly records: readonly BusRecord[];
  readonly bytes: number;
  readonly answer: PromiseWithResolvers<bigint>;
}

/**
 * Appends to one topic, one request at a time: the library's idempotent producer takes the numbers of a request that failed
 * for the next one, which a broker that has the first would then drop. After a failure a new producer is made.
 */
export class TopicWriter {
  readonly #kafka: Kafka;
  readonly #topic: string;
  readonly #prepare: () => Promise<void>;
  readonly #waiting: Append[] = [];
  #producer: Producer | undefined;
  #running: Promise<void> | undefined;
  #isClosed = false;

  constructor(kafka: Kafka, topic: string, prepare: () => Promise<void>) {
    this.#kafka = kafka;
    this.#topic = topic;
    this.#prepare = prepare;
  }

  append(records: readonly BusRecord[]): Promise<bigint> {
    if (this.#isClosed) return Promise.reject(new ContrailError("bus.unavailable", "the bus is closed"));
    if (this.#waiting.length >= WAITING_APPENDS) {
      return Promise.reject(new ContrailError("bus.unavailable", `${WAITING_APPENDS} appends to ${this.#topic} wait`));
    }
    const bytes = records.reduce((sum, { key, value }) => sum + key.length + (value?.length ?? 0), 0);
    const append: Append = { records, bytes, answer: Promise.withResolvers<bigint>() };
    this.#waiting.push(append);
    this.#running ??= this.#run();
    return append.answer.promise;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const { answer } of this.#waiting.splice(0))
      answer.reject(new ContrailError("bus.unavailable", "the bus is closed"));
    await this.#running;
    await this.#drop();
  }

  async #run(): Promise<void> {
    // Those that come in the same turn go together.
    await null;
    while (this.#waiting.length > 0) {
      const together = this.#take();
      try {
        let offset = await this.#send(together.flatMap(({ records }) => records));
        for (const { answer, records } of together) {
          answer.resolve(offset);
          offset += BigInt(records.length);
        }
      } catch (reason) {
        const error = unavailable(`${this.#topic} takes no records`, reason);
        for (const { answer } of together) answer.reject(error);
        await this.#drop();
      }
    }
    // In the same turn as the look at what waits: what comes after it starts anew.
    this.#running = undefined;
  }

  /** The appends that go with the next request: one at least. */
  #take(): readonly Append[] {
    let count = 0;
    let records = 0;
    let bytes = 0;
    for (const append of this.#waiting) {
      records += append.records.length;
      bytes += append.bytes;
      if (count > 0 && (records > TOGETHER_RECORDS || bytes > TOGETHER_BYTES)) break;
      count++;
    }
    return this.#waiting.splice(0, count);
  }

  /** One request is one batch of the log: whole, in order, at consecutive offsets. */
  async #send(records: readonly BusRecord[]): Promise<bigint> {
    if (this.#producer === undefined) await this.#prepare();
    const producer = await this.#connected();
    const messages = records.map(
      ({ key, value }): Message => ({ key: Buffer.from(key), value: value === undefined ? null : Buffer.from(value) }),
    );
    const [answer] = await producer.send({ topic: this.#topic, acks: ALL_REPLICAS, timeout: REQUEST_MS, messages });
    if (answer?.baseOffset === undefined) throw new Error("the broker told no offset");
    return BigInt(answer.baseOffset);
  }

  async #connected(): Promise<Producer> {
    if (this.#producer !== undefined) return this.#producer;
    const producer = this.#kafka.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      createPartitioner: () => () => 0,
      retry: { initialRetryTime: 100, maxRetryTime: 1_000, retries: 12 },
    });
    this.#producer = producer;
    await producer.connect();
    return producer;
  }

  async #drop(): Promise<void> {
    const producer = this.#producer;
    this.#producer = undefined;
    await producer?.disconnect().catch(() => undefined); // Its connections are gone already.
  }
}
