import { parseArgs } from "node:util";
import { UsageError } from "@contrail/testkit/program";
import { whole } from "../option-values.ts";

/** No number of an option is larger. */
const MOST = 1_000_000;

const MEASURES = ["vm-deploy", "extension-call", "reconcile-10k"] as const;

export type Measure = (typeof MEASURES)[number];

export interface Options {
  readonly measures: readonly Measure[];
  /** Machines that are deployed, 2 and up. */
  readonly machines: number;
  /** Calls of the extension, 1 and up. */
  readonly calls: number;
  /** Comparisons of the large cloud, 1 and up. */
  readonly runs: number;
  /** Size of the large cloud. */
  readonly networks: number;
  readonly largeMachines: number;
  readonly engine: "ebpf" | "typescript";
}

export const HELP = `npm run bench -- cloudstack [options]

CloudStack's way to a machine, with DevCloud, as root. One JSON line a result on stdout, progress on stderr.

  vm-deploy-p99       ms, from the call of deployVirtualMachine to the first answered ping, one machine after the other
                      on two hosts; p50 besides
  extension-call-p99  ms, one whole process of opencontrail.sh; p50 besides
  reconcile-10k       s, a comparison of 10,000 networks and 50,000 machines that finds nothing; memory of the plugin in
                      MB besides, and the writes, which must be 0. Making them first takes minutes.

  --only NAME         vm-deploy, extension-call or reconcile-10k; may be given again (all)
  --machines N        machines that are deployed (100)
  --calls N           calls of the extension (500)
  --runs N            comparisons (5)
  --networks N        networks of the large cloud (10000)
  --large-machines N  machines of the large cloud (50000)
  --engine E          ebpf or typescript (ebpf)
  --help              this text
`;

/** Reads the command line; "help" where that is asked for. Throws where it is wrong. */
export function readOptions(args: readonly string[]): Options | "help" {
  const text = (value: string) => ({ type: "string", default: value }) as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      help: { type: "boolean", default: false },
      only: { type: "string", multiple: true },
      machines: text("100"),
      calls: text("500"),
      runs: text("5"),
      networks: text("10000"),
      "large-machines": text("50000"),
      engine: text("ebpf"),
    },
  });
  if (values.help) return "help";
  const { engine } = values;
  if (engine !== "ebpf" && engine !== "typescript")
    throw new UsageError(`--engine is ebpf or typescript, not ${engine}`);
  const only = values.only ?? MEASURES;
  return {
    measures: MEASURES.filter((measure) => only.includes(measure)),
    machines: whole("--machines", values.machines, 2, MOST),
    calls: whole("--calls", values.calls, 1, MOST),
    runs: whole("--runs", values.runs, 1, MOST),
    networks: whole("--networks", values.networks, 1, MOST),
    largeMachines: whole("--large-machines", values["large-machines"], 1, MOST),
    engine,
  };
}
