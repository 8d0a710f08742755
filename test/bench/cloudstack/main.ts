// `npm run bench -- cloudstack`: CloudStack's way to a machine.
import { release } from "node:os";
import { missingFor } from "@contrail/testkit/embedded";
import { runProgram } from "@contrail/testkit/program";
import { endOfBench } from "../end-of-bench.ts";
import { median, printLine, progress, quantile } from "../result-line.ts";
import { extensionCalls } from "./extension-calls.ts";
import { HELP, type Options, readOptions } from "./options.ts";
import { reconcileLargeCloud } from "./reconcile.ts";
import { deployMachines } from "./vm-deploy.ts";

const VERSIONS = { kernel: release(), node: process.versions.node };
const COMMON = { bench: "cloudstack", better: "lower", versions: VERSIONS } as const;

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (options === "help") {
    process.stdout.write(HELP);
    return 0;
  }
  const missing = options.measures.includes("vm-deploy") ? missingFor(options.engine) : undefined;
  if (missing !== undefined) {
    process.stderr.write(`this bench ${missing}\n`);
    return 2;
  }
  const signal = endOfBench();
  for (const measure of options.measures) await MEASURES[measure](options, signal);
  return 0;
}

const MEASURES = { "extension-call": extensionCall, "vm-deploy": vmDeploy, "reconcile-10k": reconcile } as const;

async function extensionCall({ calls }: Options, signal: AbortSignal): Promise<void> {
  progress(`running the extension's executable ${calls} times`);
  const times = await extensionCalls(calls, signal);
  printQuantiles("extension-call", times, ["executable, plugin, configuration node, each a process"]);
}

async function vmDeploy({ machines, engine }: Options, signal: AbortSignal): Promise<void> {
  progress(`deploying ${machines} machines on two hosts (${engine})`);
  const times = await deployMachines(engine, machines, signal);
  printQuantiles("vm-deploy", times, [`engine ${engine}`, "DevCloud", "extension", "DHCP", "user data"]);
}

async function reconcile({ networks, largeMachines: machines, runs }: Options, signal: AbortSignal): Promise<void> {
  const { comparisons, megabytes, writes } = await reconcileLargeCloud({ networks, machines }, runs, signal);
  const on = [`${networks} networks`, `${machines} machines`, "both sides read whole, by HTTP"];
  const common = { ...COMMON, runs, on };
  const cpu = { ours: median(comparisons.map(({ cpuSeconds }) => cpuSeconds)) };
  const seconds = median(comparisons.map((comparison) => comparison.seconds));
  printLine({ ...common, name: "reconcile-10k", ours: seconds, unit: "s", cpu });
  printLine({ ...common, name: "reconcile-10k-memory", ours: megabytes, unit: "MB" });
  printLine({ ...common, name: "reconcile-10k-writes", ours: writes, unit: "writes" });
  if (writes > 0) throw new Error("a comparison that finds nothing has written something");
}

function printQuantiles(name: string, times: readonly number[], on: readonly string[]): void {
  for (const [part, suffix] of [
    [0.5, "p50"],
    [0.99, "p99"],
  ] as const) {
    printLine({
      ...COMMON,
      name: `${name}-${suffix}`,
      ours: quantile(times, part),
      unit: "ms",
      runs: times.length,
      on,
    });
  }
}

await runProgram(main);
