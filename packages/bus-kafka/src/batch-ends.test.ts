import { expect, test } from "vitest";
import { endOfBatches } from "./batch-ends.ts";

/** A record batch as it lies in an answer, with so many bytes of records. */
function batch(baseOffset: bigint, lastOffsetDelta: number, recordBytes: number): Buffer {
  const bytes = Buffer.alloc(61 + recordBytes);
  bytes.writeBigInt64BE(baseOffset, 0);
  bytes.writeInt32BE(49 + recordBytes, 8);
  bytes.writeInt8(2, 16);
  bytes.writeInt32BE(lastOffsetDelta, 23);
  return bytes;
}

/** The answer to a fetch of one partition of topic "t"; aborted: transactions that it tells of, -1 for null. */
function answer(version: number, aborted: number, batches: readonly Buffer[]): Buffer {
  const records = Buffer.concat(batches);
  const int32 = (value: number): Buffer => {
    const bytes = Buffer.alloc(4);
    bytes.writeInt32BE(value);
    return bytes;
  };
  return Buffer.concat([
    Buffer.alloc(4), // throttle time
    Buffer.alloc(version >= 7 ? 6 : 0), // error, session
    int32(1),
    Buffer.from([0, 1, 0x74]),
    int32(1),
    Buffer.alloc(4 + 2 + 8 + 8), // partition, error, high-water mark, last stable offset
    Buffer.alloc(version >= 5 ? 8 : 0), // first offset of the log
    int32(aborted),
    Buffer.alloc(16 * Math.max(0, aborted)),
    Buffer.alloc(version >= 11 ? 4 : 0), // preferred replica
    int32(records.length),
    records,
  ]);
}

const VERSIONS = [4, 5, 6, 7, 8, 9, 10, 11];

test.each(VERSIONS)("version %i: the last whole batch counts, with records or without", (version) => {
  for (const aborted of [-1, 0, 2]) {
    const full = batch(7n, 2, 30);
    const emptied = batch(10n, 99, 0);
    expect(endOfBatches(answer(version, aborted, [full]), version)).toBe(10n);
    expect(endOfBatches(answer(version, aborted, [full, emptied]), version)).toBe(110n);
    expect(endOfBatches(answer(version, aborted, [emptied, batch(110n, 0, 30).subarray(0, 80)]), version)).toBe(110n);
  }
});

test("an answer without a whole batch says nothing of where to go on", () => {
  expect(endOfBatches(answer(11, -1, []), 11)).toBeUndefined();
  expect(endOfBatches(answer(11, -1, [batch(7n, 0, 30).subarray(0, 61)]), 11)).toBeUndefined();
  const endless = batch(7n, 0, 0);
  endless.writeInt32BE(-12, 8);
  expect(endOfBatches(answer(11, -1, [endless]), 11)).toBeUndefined();
});

test("a version whose form is not known is refused", () => {
  expect(() => endOfBatches(Buffer.alloc(100), 12)).toThrow("version 12");
});
