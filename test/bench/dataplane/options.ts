import { parseArgs } from "node:util";
import { UsageError } from "@contrail/testkit/program";
import { whole } from "../option-values.ts";
import { MEASURES } from "./measures.ts";

export interface Options {
  /** Runs of each measure on each path, 1 and up. */
  readonly rounds: number;
  /** Of one run, milliseconds. */
  readonly durationMs: number;
  /** The CPU that both ends of all paths share. */
  readonly cpu: number;
  /** Names of the measures that are run. */
  readonly only: readonly string[];
}

export const HELP = `npm run bench -- dataplane [options]

Two machines on two hosts: our eBPF data plane, the kernel's VXLAN with a bridge, plain routing; interleaved. Needs root.
One JSON line a result on stdout, progress on stderr. See test/bench/README.md.

  --rounds N     runs of each measure on each path (7)
  --seconds N    of one run (1)
  --cpu N        the CPU that all ends share, in real time (the last one)
  --only NAMES   measures, by comma: ${MEASURES.map(({ name }) => name).join(", ")}
  --help         this text
`;

/** Reads the command line; "help" where that is asked for. Throws where it is wrong. */
export function readOptions(args: readonly string[], cpus: number): Options | "help" {
  const { values } = parseArgs({
    args: [...args],
    options: {
      help: { type: "boolean", default: false },
      rounds: { type: "string", default: "7" },
      seconds: { type: "string", default: "1" },
      cpu: { type: "string", default: String(cpus - 1) },
      only: { type: "string", default: MEASURES.map(({ name }) => name).join(",") },
    },
  });
  if (values.help) return "help";
  const only = values.only.split(",");
  const unknown = only.find((name) => !MEASURES.some((measure) => measure.name === name));
  if (unknown !== undefined) throw new UsageError(`there is no measure ${unknown}`);
  return {
    rounds: whole("--rounds", values.rounds, 1, 1_000),
    durationMs: whole("--seconds", values.seconds, 1, 60) * 1_000,
    cpu: whole("--cpu", values.cpu, 0, cpus - 1),
    only,
  };
}
