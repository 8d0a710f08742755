import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const FOLDER = join(import.meta.dirname, "recordings/extension");

/** One command as CloudStack sent it: the whole text of its payload file. */
export interface RecordedCall {
  readonly operation: string;
  readonly command: string;
  readonly file: string;
}

interface Sample {
  readonly command: string;
  readonly examples: readonly { readonly operation: string; readonly payload_file: PayloadFile }[];
}
type PayloadFile = Readonly<Record<string, unknown>> & { readonly payload?: Readonly<Record<string, unknown>> };
interface Sequence {
  readonly operations: readonly {
    readonly operation: string;
    readonly calls: readonly { readonly command: string; readonly payload?: Readonly<Record<string, unknown>> }[];
  }[];
}

/** The recorded samples, by command: whole payload files. */
export function recordedSamples(): readonly RecordedCall[] {
  const names = readdirSync(FOLDER).filter((name) => /^\d\d-/.test(name));
  return names.toSorted().flatMap((name) => {
    const { command, examples } = JSON.parse(readFileSync(join(FOLDER, name), "utf8")) as Sample; // The recording's form.
    return examples.map(({ operation, payload_file: file }) => ({ operation, command, file: JSON.stringify(file) }));
  });
}

/**
 * Every call of the recorded sequence, in order. Where it has the keys of a payload only (restore-network), the sample of
 * the same operation is taken; skipped counts those without one.
 */
export function recordedSequence(): { readonly calls: readonly RecordedCall[]; readonly skipped: number } {
  const samples = recordedSamples();
  const { operations } = JSON.parse(readFileSync(join(FOLDER, "sequence.json"), "utf8")) as Sequence; // The recording's form.
  const all = operations.flatMap(({ operation, calls }) =>
    calls.map(({ command, payload }) => {
      const sample = samples.find((candidate) => candidate.command === command && candidate.operation === operation);
      const file = payload === undefined ? sample?.file : JSON.stringify({ ...DETAILS, payload });
      return { operation, command, file };
    }),
  );
  const calls = all.flatMap(({ file, ...call }) => (file === undefined ? [] : [{ ...call, file }]));
  return { calls, skipped: all.length - calls.length };
}

/** The details that CloudStack puts before each payload. */
const DETAILS = {
  "physical-network-extension-details": { physicalnetworkname: "zone1-pnet" },
  "network-extension-details": { device: "opencontrail" },
};
