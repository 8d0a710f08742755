// `npm run bench -- main`: the embedded system as a whole.
import { release } from "node:os";
import { missingFor } from "@contrail/testkit/embedded";
import { runProgram } from "@contrail/testkit/program";
import { endOfBench } from "../end-of-bench.ts";
import { median, printLine, progress, quantile } from "../result-line.ts";
import { startToFirstPing } from "./first-ping.ts";
import { HELP, type Options, readOptions } from "./options.ts";
import { policyToPacket } from "./policy-to-packet.ts";

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (options === "help") {
    process.stdout.write(HELP);
    return 0;
  }
  const missing = missingFor(options.engine);
  if (missing !== undefined) {
    process.stderr.write(`this bench ${missing}\n`);
    return 2;
  }
  const signal = endOfBench();
  await bench(options, signal);
  return 0;
}

async function bench(options: Options, signal: AbortSignal): Promise<void> {
  const common = {
    better: "lower",
    versions: { kernel: release(), node: process.versions.node },
    on: [`engine ${options.engine}`, "policy", "flows", "counters", "anti-spoofing", "TLS between services"],
  } as const;
  progress(`starting the system ${options.runs} times (${options.engine})`);
  const starts = await startToFirstPing(options, signal);
  const first = { bench: "main", name: "start-to-first-ping", ours: median(starts), unit: "s", runs: starts.length };
  printLine({ ...first, ...common });
  progress(`changing a policy ${options.changes} times`);
  const times = await policyToPacket(options, signal);
  for (const [name, part] of [
    ["policy-to-packet-p50", 0.5],
    ["policy-to-packet-p99", 0.99],
  ] as const) {
    printLine({ bench: "main", name, ours: quantile(times, part), unit: "ms", runs: times.length, ...common });
  }
}

await runProgram(main);
