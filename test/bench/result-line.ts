/** One result of a bench, as it is printed: CONVENTIONS.md, "Benchmarks". */
export interface ResultLine {
  readonly bench: string;
  /** measure/peer: "pps/kernel-vxlan". */
  readonly name: string;
  /** Median of our runs, in the unit of the line. */
  readonly ours: number;
  /** Median of the peer's runs; absent where there is no peer. */
  readonly theirs?: number;
  /** ours / theirs. */
  readonly ratio?: number;
  readonly unit: string;
  readonly better: "higher" | "lower";
  /** Runs of each side. */
  readonly runs: number;
  /** CPU seconds of one run, median. */
  readonly cpu?: { readonly ours: number; readonly theirs?: number };
  readonly versions: Readonly<Record<string, string>>;
  /** What was switched on in ours. */
  readonly on: readonly string[];
}

/** Prints a result: one JSON line on stdout; numbers with four significant digits. */
export function printLine(line: ResultLine): void {
  const short = (_key: string, value: unknown): unknown =>
    typeof value === "number" ? Number(value.toPrecision(4)) : value;
  process.stdout.write(`${JSON.stringify(line, short)}\n`);
}

/** The middle value; of an even number the mean of the two middle ones; NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** The value that the given part of the values does not exceed; NaN of none. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * part) - 1] ?? Number.NaN;
}

/** Of the straight line through points, by least squares; NaN of one. */
export function slope(points: readonly (readonly [number, number])[]): number {
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [x, y] = [mean(points.map(([at]) => at)), mean(points.map(([, value]) => value))];
  const over = points.reduce((sum, [at, value]) => sum + (at - x) * (value - y), 0);
  return over / points.reduce((sum, [at]) => sum + (at - x) ** 2, 0);
}

/** What is going on, on stderr. */
export function progress(text: string): void {
  process.stderr.write(`${text}\n`);
}
