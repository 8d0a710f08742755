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
  line: Pick<ResultLine, "name" | "unit" | "on">,
  [ours, ...others]: readonly Figures[],
): void {
  if (ours === undefined) return;
  const versions = { kernel: release(), node: process.versions.node };
  const common = { ...line, bench: "control", better: "lower", runs: ours.values.length, versions } as const;
  const measured = ours.cpu.length > 0;
  const [own, ownCpu] = [median(ours.values), median(ours.cpu)];
  if (others.length === 0) printLine({ ...common, ours: own, ...(measured ? { cpu: { ours: ownCpu } } : {}) });
  for (const { label, program, version, values, cpu } of others) {
    const theirs = median(values);
    printLine({
      ...common,
      ...{ name: `${line.name}/${label}`, ours: own, theirs, ratio: own / theirs },
      ...(measured ? { cpu: { ours: ownCpu, theirs: median(cpu) } } : {}),
      versions: { ...versions, [program]: version },
    });
  }
}
