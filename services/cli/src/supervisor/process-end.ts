import { availableParallelism, loadavg } from "node:os";

/** How the process of a node ended. */
export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** It was ended because it did not serve within these milliseconds. */
  readonly lateMs: number | undefined;
}

/** How it ended, for a person. */
export function endText({ code, signal, lateMs }: ProcessEnd): string {
  if (lateMs !== undefined) return `it did not serve in ${lateMs / 1_000} s and was ended`;
  return `it ended with ${signal ?? `code ${code}`}`;
}

/** Why a node did not start, and what to do next. load: processes that are ready to run, the mean of one minute. */
export function startProblem(
  name: string,
  end: ProcessEnd,
  logFile: string,
  [load = 0]: readonly number[] = loadavg(),
): string {
  const what = `${name} did not start: ${endText(end)}`;
  if (end.lateMs === undefined) return `${what}; see ${logFile}`;
  const busy = `${load.toFixed(1)} processes want ${availableParallelism()} processors`;
  return `${what}; where the machine is busy (${busy}), run it again when it is less so; else see ${logFile}`;
}
