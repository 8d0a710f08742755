import { progress } from "../result-line.ts";
import type { LivePath } from "./live-path.ts";
import type { Measure, Measured } from "./measures.ts";
import type { Ours } from "./ours.ts";
import type { PathName } from "./path.ts";
import { proveFilters, proveRun } from "./proof.ts";

/** The runs of each measure on each path. */
export type Runs = ReadonlyMap<string, ReadonlyMap<PathName, Measured[]>>;

export interface Field {
  readonly ours: Ours;
  /** Ours first. */
  readonly paths: readonly LivePath[];
  readonly signal: AbortSignal;
}

/** All measures on all paths, again and again; the order of the paths turns with the rounds. */
export async function runRounds(
  { ours, paths, signal }: Field,
  measures: readonly Measure[],
  rounds: number,
  durationMs: number,
): Promise<Runs> {
  const runs = new Map(measures.map(({ name }) => [name, new Map<PathName, Measured[]>()]));
  for (let round = 0; round < rounds; round++) {
    for (const live of paths) if (live.path.name === "ours") await proveFilters(ours, live);
    for (const measure of measures) {
      const words = [];
      for (const live of inTurn(paths, round)) {
        signal.throwIfAborted();
        const { name } = live.path;
        if (name !== "ours" && !measure.peers.includes(name)) continue;
        const result =
          name === "ours" ? await runProven(ours, live, measure, durationMs) : await measure.run(live, durationMs);
        const all = runs.get(measure.name);
        all?.set(name, [...(all.get(name) ?? []), result]);
        words.push(`${name} ${Number(result.value.toPrecision(4))}`);
      }
      progress(`round ${round + 1}/${rounds} ${measure.name} (${measure.unit}): ${words.join(", ")}`);
    }
  }
  return runs;
}

async function runProven(ours: Ours, live: LivePath, measure: Measure, durationMs: number): Promise<Measured> {
  const before = await ours.states(0);
  const measured = await measure.run(live, durationMs);
  proveRun(measure, measured, before, await ours.states(measured.port));
  return measured;
}

function inTurn<T>(items: readonly T[], by: number): readonly T[] {
  const first = by % items.length;
  return [...items.slice(first), ...items.slice(0, first)];
}
