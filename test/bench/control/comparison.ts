import { release } from "node:os";
import { median, printLine, type ResultLine } from "../result-line.ts";

/** What one side came to, round by round. */
export interface Figures {
  /** What it is called in a line's name, where it is not ours. */
  readonly label: string;
  /** The program that is measured, and its version. */
  readonly program: string;
  readonly version: string;
  readonly values: readonly number[];
  /** Processor seconds; none where they are not measured. */
  readonly cpu: readonly number[];
}

/** One line for each of the others, with the medians and their ratio; ours alone where there is no other. */
export function printComparison(
  { name, unit, on }: Pick<ResultLine, "name" | "unit" | "on">,
  [ours, ...others]: readonly Figures[],
): void {
  if (ours === undefined) return;
  const measured = ours.cpu.length > 0;
  const [own, ownCpu] = [median(ours.values), median(ours.cpu)];
  const [bench, versions] = ["control", { kernel: release(), node: process.versions.node }];
  const rest = { unit, better: "lower", runs: ours.values.length } as const;
  if (others.length === 0) {
    printLine({ bench, name, ours: own, ...rest, ...(measured ? { cpu: { ours: ownCpu } } : {}), versions, on });
  }
  for (const { label, program, version, values, cpu } of others) {
    const theirs = median(values);
    printLine({
      ...{ bench, name: `${name}/${label}`, ours: own, theirs, ratio: own / theirs, ...rest },
      ...(measured ? { cpu: { ours: ownCpu, theirs: median(cpu) } } : {}),
      versions: { ...versions, [program]: version },
      on,
    });
  }
}
