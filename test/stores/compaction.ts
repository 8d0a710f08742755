import type { Bus } from "@contrail/bus";
import { Kafka, logLevel } from "kafkajs";

/** The library's number for settings of a broker, whose name is its node id. */
const BROKER = 4;
/** Compaction comes when the broker finds time for it: it is waited for, and not required. */
const DEADLINE_MS = 3_000;
/** Bytes of a segment of a topic, that is compacted when it is full: the least that a broker takes. */
export const SEGMENT_BYTES = 1024 * 1024;

/** Makes brokers roll and compact topics at once, as far as they can; undefined settings are the defaults again. */
export async function compactEagerly(brokers: readonly string[], isEager: boolean): Promise<void> {
  const admin = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  const eager = {
    "log.roll.ms": "20",
    "log.segment.bytes": String(SEGMENT_BYTES),
    "log.cleaner.min.cleanable.ratio": "0.001",
    "log.cleaner.backoff.ms": "100",
    "log.cleaner.delete.retention.ms": "0",
  };
  const configEntries = isEager ? Object.entries(eager).map(([name, value]) => ({ name, value })) : [];
  const resources = brokers.map((_, index) => ({ type: BROKER, name: String(index + 1), configEntries }));
  await admin.alterConfigs({ validateOnly: false, resources });
  await admin.disconnect();
}

/** Waits until a topic has fewer records than offsets, or the deadline has passed; gives how many records it has. */
export async function waitForCompaction(bus: Bus, topic: string): Promise<number> {
  const end = await bus.highWaterMark(topic);
  const deadline = AbortSignal.timeout(DEADLINE_MS);
  for (;;) {
    const count = await countRecords(bus, topic, end);
    if (BigInt(count) < end || deadline.aborted) return count;
  }
}

async function countRecords(bus: Bus, topic: string, end: bigint): Promise<number> {
  const controller = new AbortController();
  let count = 0;
  for await (const { records, highWaterMark } of bus.read(topic, 0n, controller.signal)) {
    count += records.length;
    const isAtEnd = records.length === 0 ? highWaterMark >= end : (records.at(-1)?.offset ?? 0n) + 1n >= end;
    if (isAtEnd) controller.abort();
  }
  return count;
}
