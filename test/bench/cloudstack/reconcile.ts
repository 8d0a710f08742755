import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { callSocket } from "@contrail/machine";
import { ConfigNodeProcess, PluginProcess } from "@contrail/test-contract";
import { progress } from "../result-line.ts";
import { type CloudSize, StandInCloud } from "./stand-in-cloud.ts";

/** One comparison that finds nothing. */
export interface Comparison {
  readonly seconds: number;
  /** Processor seconds of the plugin. */
  readonly cpuSeconds: number;
}

/** What all of them cost. */
export interface ReconcileResult {
  readonly comparisons: readonly Comparison[];
  /** Most of the plugin's memory that was ever resident, after a start anew: MB (10^6 bytes). */
  readonly megabytes: number;
  /** Writes of a run after the comparisons; must be 0. */
  readonly writes: number;
}

/** Making a large cloud takes minutes, and is one call. */
const ANSWER_MS = 1_800_000;

/**
 * Fills a configuration node with a large cloud through the reconciler itself, then compares. Rejects where something still
 * differs, or where the configuration does not have every network and port.
 */
export async function reconcileLargeCloud(
  size: CloudSize,
  runs: number,
  signal: AbortSignal,
): Promise<ReconcileResult> {
  const directory = mkdtempSync(join(tmpdir(), "contrail-bench-cloudstack-"));
  const configSocket = join(directory, "rest.sock");
  const cloud = new StandInCloud(size);
  const node = new ConfigNodeProcess(["--rest-socket", configSocket]);
  const keys = join(directory, "keys");
  writeFileSync(keys, "key\nsecret\n", { mode: 0o600 });
  let plugin: PluginProcess | undefined;
  try {
    const flags = ["--cloudstack-url", await cloud.listen(), "--cloudstack-keys", keys];
    const often = ["--reconcile-seconds", "86400", "--writes-per-second", "10000"];
    plugin = new PluginProcess(directory, configSocket, [...flags, ...often]);
    await node.run();
    await plugin.run();
    await fill(plugin, size, signal);
    // Another process: its memory is that of comparisons only.
    await plugin.end();
    await plugin.run();
    return await compare(plugin, runs, signal);
  } finally {
    await plugin?.kill();
    await node.stop();
    cloud.close();
    rmSync(directory, { recursive: true });
  }
}

/** The plugin begins to settle by itself; the run that is asked for comes after that. */
async function fill(plugin: PluginProcess, size: CloudSize, signal: AbortSignal): Promise<void> {
  progress(`making ${size.networks} networks and ${size.machines} machines by the reconciler`);
  const startedAt = performance.now();
  const report = await ask<RunReport>(plugin, "POST", "/reconcile");
  signal.throwIfAborted();
  if (report.failures.length > 0) throw new Error(`not settled: ${JSON.stringify(report.failures.slice(0, 3))}`);
  progress(`made in ${((performance.now() - startedAt) / 1_000).toFixed(0)} s`);
}

async function compare(plugin: PluginProcess, runs: number, signal: AbortSignal): Promise<ReconcileResult> {
  const comparisons: Comparison[] = [];
  for (let run = 0; run <= runs; run++) {
    signal.throwIfAborted();
    const before = cpuSeconds(plugin);
    const { differences, seconds } = await ask<DiffReport>(plugin, "GET", "/diff");
    if (differences.length > 0) throw new Error(`something differs: ${JSON.stringify(differences.slice(0, 3))}`);
    const comparison = { seconds, cpuSeconds: cpuSeconds(plugin) - before };
    progress(`comparison ${run === 0 ? "to warm up" : `${run} of ${runs}`}: ${seconds.toFixed(2)} s`);
    if (run > 0) comparisons.push(comparison);
  }
  const { writes } = await ask<RunReport>(plugin, "POST", "/reconcile");
  return { comparisons, megabytes: peakMegabytes(plugin), writes };
}

interface DiffReport {
  readonly differences: readonly object[];
  readonly seconds: number;
}

interface RunReport {
  readonly writes: number;
  readonly failures: readonly object[];
}

async function ask<T>(plugin: PluginProcess, method: string, path: string): Promise<T> {
  const bounds = { deadlineMs: ANSWER_MS };
  return (await callSocket(plugin.controlSocket, method, path, undefined, bounds)) as T; // The plugin's form.
}

/** Clock ticks of Linux are hundredths of a second (proc(5), times(2)). */
function cpuSeconds({ pid }: PluginProcess): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

function peakMegabytes({ pid }: PluginProcess): number {
  const kibibytes = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return (Number(kibibytes) * 1_024) / 1e6;
}
