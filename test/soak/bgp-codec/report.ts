import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { FuzzReport } from "@contrail/bgp/testing";
import { REPOSITORY } from "@contrail/testkit/embedded";

/** Sums over the rounds of a campaign. */
export interface CodecCounts {
  readonly rounds: number;
  readonly executions: number;
  readonly verdicts: Readonly<Record<string, number>>;
  readonly faults: number;
  /** Processor time of one message, reading and checking it; pauses of the collector are in it. */
  readonly slowestMs: number;
  /** Most memory that was in use after a round, over what was after the first. */
  readonly growthBytes: number;
}

/** A campaign as one row of docs/reliability.md. */
export type CodecLine = CodecCounts & {
  readonly campaign: "bgp-codec";
  readonly commit: string;
  readonly seed: number;
};

const DOCUMENT = join(REPOSITORY, "docs/reliability.md");
const HEAD = "| campaign | commit | seed | messages | by verdict | faults | slowest, ms of processor | growth, kB |";
const RULE = "|---|---|---|---|---|---|---|---|";
const ROW = "| bgp-codec |";

/** The counts before the first round. */
export function emptyCounts(): CodecCounts {
  return { rounds: 0, executions: 0, verdicts: {}, faults: 0, slowestMs: 0, growthBytes: 0 };
}

/** The counts with one more round. */
export function addRound(
  counts: CodecCounts,
  report: FuzzReport,
  measured: { readonly slowestMs: number; readonly growthBytes: number },
): CodecCounts {
  const verdicts: Record<string, number> = { ...counts.verdicts };
  for (const [verdict, count] of Object.entries(report.verdicts)) verdicts[verdict] = (verdicts[verdict] ?? 0) + count;
  return {
    rounds: counts.rounds + 1,
    executions: counts.executions + report.executions,
    verdicts,
    faults: counts.faults + report.faultCount,
    slowestMs: Math.max(counts.slowestMs, measured.slowestMs),
    growthBytes: Math.max(counts.growthBytes, measured.growthBytes),
  };
}

/** Puts a campaign into docs/reliability.md in place of the last one, in a table of its own before that of kills. */
export function writeReport(line: CodecLine): void {
  const verdicts = Object.entries(line.verdicts)
    .sort(([, left], [, right]) => right - left)
    .map(([verdict, count]) => `${verdict} ${count}`)
    .join(", ");
  const { commit, seed, executions, faults, slowestMs, growthBytes } = line;
  const cells = [commit, seed, executions, verdicts, faults, slowestMs.toFixed(1), Math.ceil(growthBytes / 1024)];
  const row = `${ROW} ${cells.join(" | ")} |`;
  const lines = existsSync(DOCUMENT) ? readFileSync(DOCUMENT, "utf8").trimEnd().split("\n") : ["# Reliability", ""];
  const known = lines.findIndex((each) => each.startsWith(ROW));
  if (known >= 0) lines[known] = row;
  else {
    const table = lines.findIndex((each) => each.startsWith("| campaign |"));
    lines.splice(table < 0 ? lines.length : table, 0, HEAD, RULE, row, "");
  }
  writeFileSync(DOCUMENT, `${lines.join("\n")}\n`);
}
