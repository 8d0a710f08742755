import type { SessionFuzzReport } from "@contrail/control-node/testing";
import { commit, writeRow } from "../reliability.ts";

/** Sums over the rounds of a campaign. */
export interface SessionCounts {
  readonly rounds: number;
  readonly executions: number;
  readonly sessions: number;
  readonly verdicts: Readonly<Record<string, number>>;
  readonly passedOn: number;
  readonly faults: number;
  /** Most memory that was in use after a round, over what was after the first. */
  readonly growthBytes: number;
}

const COLUMNS = [
  "campaign",
  "commit",
  "seed",
  "messages",
  "sessions",
  "by outcome",
  "passed on",
  "faults",
  "growth, kB",
];

/** The counts before the first round. */
export function emptyCounts(): SessionCounts {
  return { rounds: 0, executions: 0, sessions: 0, verdicts: {}, passedOn: 0, faults: 0, growthBytes: 0 };
}

/** The counts with one more round. */
export function addRound(counts: SessionCounts, report: SessionFuzzReport, growthBytes: number): SessionCounts {
  const verdicts: Record<string, number> = { ...counts.verdicts };
  for (const [verdict, count] of Object.entries(report.verdicts)) verdicts[verdict] = (verdicts[verdict] ?? 0) + count;
  return {
    rounds: counts.rounds + 1,
    executions: counts.executions + report.executions,
    sessions: counts.sessions + report.sessions,
    verdicts,
    passedOn: counts.passedOn + report.passedOn,
    faults: counts.faults + report.faultCount,
    growthBytes: Math.max(counts.growthBytes, growthBytes),
  };
}

/** Puts a campaign into docs/reliability.md in place of the last one. */
export function writeReport(seed: number, counts: SessionCounts): void {
  const verdicts = Object.entries(counts.verdicts)
    .sort(([, left], [, right]) => right - left)
    .map(([verdict, count]) => `${verdict} ${count}`)
    .join(", ");
  const { executions, sessions, passedOn, faults, growthBytes } = counts;
  const numbers = [executions, sessions, verdicts, passedOn, faults, Math.ceil(growthBytes / 1024)];
  writeRow({ columns: COLUMNS, cells: ["bgp-session", commit(), seed, ...numbers], nameCells: 1 });
}
