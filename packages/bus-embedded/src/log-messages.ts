import type { FileAppend, FileRecord } from "./log-file.ts";

/** What the server asks of the thread that owns the file. The answer to append is the first offset. */
export type LogRequest =
  | { readonly kind: "append"; readonly append: FileAppend }
  | { readonly kind: "read"; readonly topic: string; readonly fromOffset: bigint; readonly limit: number }
  | { readonly kind: "high-water-mark"; readonly topic: string }
  | { readonly kind: "compact"; readonly topic: string; readonly tombstonesBelow: bigint }
  | { readonly kind: "close" };

/** Records of a topic in the order of their offsets, and where it ended when they were read. */
export interface LogReadAnswer {
  readonly records: readonly FileRecord[];
  readonly highWaterMark: bigint;
}
