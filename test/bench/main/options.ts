import { parseArgs } from "node:util";
import { UsageError } from "@contrail/testkit/program";
import { whole } from "../option-values.ts";

/** No number of an option is larger. */
const MOST = 100_000;

export interface Options {
  /** Starts of the system, 1 and up. */
  readonly runs: number;
  /** Changes of the policy, 2 and up. */
  readonly changes: number;
  readonly engine: "ebpf" | "typescript";
}

export const HELP = `npm run bench -- main [options]

The embedded system as a whole, as root. One JSON line a result on stdout, progress on stderr.

  start-to-first-ping   s, from the start of the command to the first answered ping between machines of two hosts; warm
  policy-to-packet-p99  ms, from the API's answer to a policy change until packets of both hosts follow it; p50 besides

  --runs N      starts of the system (5)
  --changes N   changes of the policy (200)
  --engine E    ebpf or typescript (ebpf)
  --help        this text
`;

/** Reads the command line; "help" where that is asked for. Throws where it is wrong. */
export function readOptions(args: readonly string[]): Options | "help" {
  const { values } = parseArgs({
    args: [...args],
    options: {
      help: { type: "boolean", default: false },
      runs: { type: "string", default: "5" },
      changes: { type: "string", default: "200" },
      engine: { type: "string", default: "ebpf" },
    },
  });
  if (values.help) return "help";
  const { engine } = values;
  if (engine !== "ebpf" && engine !== "typescript")
    throw new UsageError(`--engine is ebpf or typescript, not ${engine}`);
  return { engine, runs: whole("--runs", values.runs, 1, MOST), changes: whole("--changes", values.changes, 2, MOST) };
}
