import type { BusBatch } from "@contrail/bus";
import type { Log } from "./log.ts";

/** Records in one batch at most. */
const BATCH_RECORDS = 1_000;

/** Reads a topic from an offset on and then follows it; woken by appends; ends when the signal aborts. */
export async function* follow(
  log: Log,
  topic: string,
  fromOffset: bigint,
  signal: AbortSignal,
): AsyncGenerator<BusBatch, void, undefined> {
  let offset = fromOffset;
  let told = -1n;
  let wake = Promise.withResolvers<void>();
  const stopListening = log.onAppend(topic, () => wake.resolve());
  const onAbort = (): void => wake.resolve();
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    while (!signal.aborted) {
      const woken = wake.promise;
      const { records, highWaterMark } = await log.read(topic, offset, BATCH_RECORDS);
      const last = records.at(-1);
      if (last !== undefined) offset = last.offset + 1n;
      if (records.length > 0 || highWaterMark !== told) {
        told = highWaterMark;
        yield { records, highWaterMark };
      }
      if (records.length === 0) {
        await woken;
        wake = Promise.withResolvers<void>();
      }
    }
  } finally {
    stopListening();
    signal.removeEventListener("abort", onAbort);
  }
}
