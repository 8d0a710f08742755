/** Digits of a uuid that are its part: 4,096 partitions. */
const DIGITS = 3;

/** The partition of table object in which an object lies. */
export function partOf(uuid: string): string {
  return uuid.slice(-DIGITS);
}
