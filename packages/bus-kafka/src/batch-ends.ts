/** Versions of the fetch's answer that are read here: those of the library that carry record batches. */
const FIRST_VERSION = 4;
const LAST_VERSION = 11;
/** Of a record batch, in bytes: what comes before its length counts, and where the number of its last offset lies. */
const LENGTH_AT = 8;
const BEFORE_LENGTH_COUNTS = 12;
const LAST_OFFSET_DELTA_AT = 23;
const LEAST_BATCH = 61;

/**
 * The offset after the last whole batch in the answer to a fetch of one partition, as it came from the broker; undefined
 * where there is none. Compaction keeps the last batch of a producer, emptied, and the library leaves such ones out: only
 * the batch itself says how far it goes (Kafka protocol guide: Fetch, record batch).
 */
export function endOfBatches(answer: Buffer, version: number): bigint | undefined {
  if (version < FIRST_VERSION || version > LAST_VERSION) throw new Error(`fetch of version ${version} is not known`);
  let at = recordsAt(answer, version);
  let end: bigint | undefined;
  while (at + LEAST_BATCH <= answer.length) {
    const size = BEFORE_LENGTH_COUNTS + answer.readInt32BE(at + LENGTH_AT);
    if (size < LEAST_BATCH || at + size > answer.length) break;
    end = answer.readBigInt64BE(at) + BigInt(answer.readInt32BE(at + LAST_OFFSET_DELTA_AT)) + 1n;
    at += size;
  }
  return end;
}

/** Where the batches begin in the answer: throttle time, session, one topic with one partition, and what is said of it. */
function recordsAt(answer: Buffer, version: number): number {
  const topics = 4 + (version >= 7 ? 6 : 0);
  if (answer.readInt32BE(topics) !== 1) return answer.length;
  const partitions = topics + 6 + answer.readInt16BE(topics + 4);
  if (answer.readInt32BE(partitions) !== 1) return answer.length;
  const aborted = partitions + 4 + 4 + 2 + 8 + 8 + (version >= 5 ? 8 : 0);
  const size = aborted + 4 + 16 * Math.max(0, answer.readInt32BE(aborted)) + (version >= 11 ? 4 : 0);
  return size + 4;
}
