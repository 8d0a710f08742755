import { readFileSync, writeFileSync } from "node:fs";
import type { ProgramCost } from "@contrail/dataplane-ebpf";
import type { LivePath } from "./live-path.ts";
import { MEASURES } from "./measures.ts";
import type { Ours } from "./ours.ts";

const SETTING = "/proc/sys/kernel/bpf_stats_enabled";

/** What a packet costs in the programs of one side. */
export interface PacketCost {
  /** "from-machine", "from-underlay"; with "-tcp" for large frames, "-connect" for short connections. */
  readonly name: string;
  /** One figure a run, nanoseconds. */
  readonly runs: readonly number[];
}

const TRAFFIC = [
  ["pps", ""],
  ["tcp-1stream", "-tcp"],
  ["crr", "-connect"],
] as const;

/** Runs our path with the kernel's own clocks on; they slow programs down, so nothing else is measured meanwhile. */
export async function packetCosts(
  ours: Ours,
  path: LivePath,
  rounds: number,
  durationMs: number,
): Promise<readonly PacketCost[]> {
  const before = readFileSync(SETTING, "utf8");
  const costs = new Map<string, number[]>();
  writeFileSync(SETTING, "1");
  try {
    for (let round = 0; round < rounds; round++) {
      for (const [name, suffix] of TRAFFIC) {
        const start = await ours.costs();
        await MEASURES.find((item) => item.name === name)?.run(path, durationMs);
        const end = await ours.costs();
        note(costs, `from-machine${suffix}`, between(start[0], end[0], "vm_entry"));
        note(costs, `from-underlay${suffix}`, between(start[1], end[1], "fab_entry"));
      }
    }
  } finally {
    writeFileSync(SETTING, before);
  }
  return [...costs].map(([name, runs]) => ({ name, runs }));
}

function note(costs: Map<string, number[]>, name: string, value: number): void {
  costs.set(name, [...(costs.get(name) ?? []), value]);
}

function between(
  start: readonly ProgramCost[] | undefined,
  end: readonly ProgramCost[] | undefined,
  program: string,
): number {
  const from = start?.find(({ name }) => name === program);
  const to = end?.find(({ name }) => name === program);
  if (from === undefined || to === undefined || to.runs === from.runs) throw new Error(`${program} did not run`);
  return (to.nanoseconds - from.nanoseconds) / (to.runs - from.runs);
}
