import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const HERE = dirname(fileURLToPath(import.meta.url));

/** One recorded call of CloudStack's API; secrets are "<redacted>", and long lists are cut to two items. */
export interface Recording {
  readonly file: string;
  readonly method: "GET" | "POST";
  readonly params: Readonly<Record<string, string>>;
  /** "see note" where it was not signed with a key. */
  readonly auth?: string;
  readonly status: number;
  readonly type: string;
  readonly body: unknown;
  /** The answer of queryAsyncJobResult when its job had ended. */
  readonly job?: unknown;
}

/** The recorded calls of the commands that DevCloud has, in their order. */
export function apiRecordings(): readonly Recording[] {
  return JSON.parse(readFileSync(join(HERE, "testdata/api-recordings.json"), "utf8")) as Recording[]; // As the interface says.
}

/** One recorded operation with the commands that it caused, and the names of the payload's members of each. */
export interface RecordedOperation {
  readonly operation: string;
  readonly calls: readonly { readonly command: string; readonly keys: readonly string[] }[];
}

/** Operations of sequence.json that this version of DevCloud can do. */
export function recordedOperations(): readonly RecordedOperation[] {
  return JSON.parse(readFileSync(join(HERE, "testdata/extension-sequence.json"), "utf8")) as RecordedOperation[]; // As above.
}
