// `npm run bench -- dataplane`: our data plane beside the kernel's own ways, on two hosts of network namespaces.
import { availableParallelism, release } from "node:os";
import { runProgram } from "@contrail/testkit/program";
import { endOfBench } from "../end-of-bench.ts";
import { median, printLine, progress } from "../result-line.ts";
import { packetCosts } from "./costs.ts";
import { onCpu } from "./cpu.ts";
import { LivePath } from "./live-path.ts";
import { MEASURES, type Measure, type Measured } from "./measures.ts";
import { removeNamespaces, run } from "./namespaces.ts";
import { HELP, type Options, readOptions } from "./options.ts";
import { Ours, removePinnedState } from "./ours.ts";
import { addKernelVxlan, addRoutedVeth } from "./peers.ts";
import { FEATURES } from "./proof.ts";
import { type Field, type Runs, runRounds } from "./rounds.ts";

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2), availableParallelism());
  if (options === "help") {
    process.stdout.write(HELP);
    return 0;
  }
  if (process.geteuid?.() !== 0) {
    process.stderr.write("this bench needs root: it loads eBPF programs and makes network namespaces\n");
    return 2;
  }
  const signal = endOfBench();
  const opened: { close(): Promise<void> }[] = [];
  await clean();
  try {
    await bench(options, signal, opened);
    return 0;
  } finally {
    for (const item of opened.toReversed()) await item.close();
    await clean();
  }
}

async function bench(options: Options, signal: AbortSignal, opened: { close(): Promise<void> }[]): Promise<void> {
  progress("making two hosts for each of: ours, kernel-vxlan, routed-veth");
  const ours = await Ours.open();
  opened.push(ours);
  const paths = [];
  const before = await onCpu(options.cpu);
  for (const path of [ours.path, await addKernelVxlan(), await addRoutedVeth()]) {
    const live = await LivePath.open(path, options.cpu, before);
    opened.push(live);
    paths.push(live);
  }
  const field: Field = { ours, paths, signal };
  const measures = MEASURES.filter(({ name }) => options.only.includes(name));
  const runs = await runRounds(field, measures, options.rounds, options.durationMs);
  const versions = await versionsHere();
  for (const measure of measures) printMeasure(measure, runs, versions);
  await printCosts(field, options, versions);
}

function printMeasure(measure: Measure, runs: Runs, versions: Readonly<Record<string, string>>): void {
  const of = (path: "ours" | "kernel-vxlan" | "routed-veth"): readonly Measured[] =>
    runs.get(measure.name)?.get(path) ?? [];
  const value = (items: readonly Measured[]): number => median(items.map((item) => item.value));
  const cpu = (items: readonly Measured[]): number => median(items.map((item) => item.cpuSeconds));
  const ours = of("ours");
  for (const peer of measure.peers) {
    const theirs = of(peer);
    printLine({
      bench: "dataplane",
      name: `${measure.name}/${peer}`,
      ours: value(ours),
      theirs: value(theirs),
      ratio: value(ours) / value(theirs),
      unit: measure.unit,
      better: measure.better,
      runs: ours.length,
      cpu: { ours: cpu(ours), theirs: cpu(theirs) },
      versions,
      on: FEATURES,
    });
  }
}

/** A third of the rounds is enough: these figures hardly vary. */
async function printCosts(
  { ours, paths, signal }: Field,
  options: Options,
  versions: Readonly<Record<string, string>>,
): Promise<void> {
  const path = paths.find((live) => live.path.name === "ours");
  if (path === undefined) return;
  signal.throwIfAborted();
  progress("counting nanoseconds by program");
  for (const { name, runs } of await packetCosts(ours, path, Math.ceil(options.rounds / 3), options.durationMs)) {
    printLine({
      bench: "dataplane",
      name: `ns-per-packet/${name}`,
      ours: median(runs),
      unit: "ns",
      better: "lower",
      runs: runs.length,
      versions,
      on: FEATURES,
    });
  }
}

async function versionsHere(): Promise<Readonly<Record<string, string>>> {
  const iperf = (await run("iperf3", "--version")).split("\n")[0]?.split(" ")[1] ?? "unknown";
  return { kernel: release(), node: process.versions.node, iperf3: iperf };
}

async function clean(): Promise<void> {
  await removeNamespaces();
  await removePinnedState();
}

await runProgram(main);
