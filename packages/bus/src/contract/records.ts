import type { Bus, BusBatch, BusRecord } from "../bus.ts";

const DEADLINE_MS = 60_000;

/** A record as a test compares it. */
export interface TextRecord {
  readonly offset: bigint;
  readonly key: string;
  readonly value: string | undefined;
}

/** Reads until a condition holds of what has come; a record that comes again (its offset is known) is left out. */
export async function readUntil(
  bus: Bus,
  topic: string,
  fromOffset: bigint,
  enough: (records: readonly TextRecord[], batch: BusBatch) => boolean,
): Promise<readonly TextRecord[]> {
  const controller = new AbortController();
  const signal = AbortSignal.any([controller.signal, AbortSignal.timeout(DEADLINE_MS)]);
  const found: TextRecord[] = [];
  let holds = false;
  for await (const batch of bus.read(topic, fromOffset, signal)) {
    const known = found.at(-1)?.offset ?? -1n;
    found.push(...texts(batch).filter(({ offset }) => offset > known));
    holds = enough(found, batch);
    if (holds) controller.abort();
  }
  if (!holds) throw new Error(`the reader of ${topic} did not get what it waits for in time`);
  return found;
}

/** So many records from an offset on. */
export function take(bus: Bus, topic: string, fromOffset: bigint, count: number): Promise<readonly TextRecord[]> {
  return readUntil(bus, topic, fromOffset, ({ length }) => length >= count);
}

/** Everything from an offset up to the end that the topic has now. */
export async function takeAll(bus: Bus, topic: string, fromOffset = 0n): Promise<readonly TextRecord[]> {
  const end = await bus.highWaterMark(topic);
  if (end === 0n) return [];
  return readUntil(bus, topic, fromOffset, (records, batch) => {
    const last = records.at(-1)?.offset;
    return (last !== undefined && last + 1n >= end) || (batch.records.length === 0 && batch.highWaterMark >= end);
  });
}

/** The last value of each key that has one: what a compacted topic is about. */
export function lastValues(records: readonly TextRecord[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const { key, value } of records) {
    if (value === undefined) found.delete(key);
    else found.set(key, value);
  }
  return found;
}

/** A call while the server is away fails; it is made again, so the record may be there twice. */
export async function untilServed<T>(run: () => Promise<T>): Promise<T> {
  const deadline = AbortSignal.timeout(DEADLINE_MS);
  for (;;) {
    try {
      return await run();
    } catch (reason) {
      if (deadline.aborted) throw reason;
    }
  }
}

/** Keys without those that stand again further on. */
export function distinct(records: readonly TextRecord[]): string[] {
  return [...new Set(records.map(({ key }) => key))];
}

/** Records with keys "from" to "from + count - 1". */
export function numbered(from: number, count: number): BusRecord[] {
  return numbers(count).map((index) => record(`${from + index}`, "v"));
}

/** 0 to count - 1. */
export function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}

/** A record of two texts; without a value, a tombstone. */
export function record(key: string, value: string | undefined): BusRecord {
  return { key: bytes(key), value: value === undefined ? undefined : bytes(value) };
}

/** UTF-8. */
export function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function texts(batch: BusBatch): TextRecord[] {
  const decoder = new TextDecoder();
  return batch.records.map(({ offset, key, value }) => ({
    offset,
    key: decoder.decode(key),
    value: value === undefined ? undefined : decoder.decode(value),
  }));
}
