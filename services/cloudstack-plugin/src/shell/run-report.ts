import type { Cloud } from "../core/cloud.ts";
import type { UnknownItem } from "../core/not-understood.ts";
import type { ReportedDifference } from "../core/reconcile/report.ts";
import type { Failure, Settling } from "./settling.ts";

/** Differences that a report lists unless more are asked for. */
export const SHOWN_DIFFERENCES = 1_000;
const MAX_UNKNOWN = 100;

/** What differs now. */
export interface DiffReport {
  /** The first of them. */
  readonly differences: readonly ReportedDifference[];
  /** All differences, also those that are not listed. */
  readonly found: number;
  /** Those of them that wait for their grace. */
  readonly waiting: number;
  /** The first items of CloudStack's lists that are not understood, and how many there are. */
  readonly unknown: readonly UnknownItem[];
  readonly unknownCount: number;
  readonly takenAt: string;
  readonly cloudstack: { readonly networks: number; readonly machines: number; readonly nics: number };
  readonly seconds: number;
}

/** What one run did. */
export interface RunReport extends DiffReport {
  readonly settled: number;
  /** Those of the settled ones that are gone now; the others were made or mended. */
  readonly removed: number;
  readonly writes: number;
  /** Writes that settled nothing: notes of where passwords' machines run. */
  readonly noted: number;
  /** All failures, also those that are not listed. */
  readonly failed: number;
  readonly failures: readonly Failure[];
  /** What CloudStack has no more, and others still refer to. */
  readonly inUse: number;
  /** True: something was due to go, and so much would go that only a person may ask for it. */
  readonly held: boolean;
}

/** What a comparison took. */
export interface Taken {
  readonly wallMs: number;
  readonly seconds: number;
}

/** The report of a comparison. limit: differences that are listed at most. */
export function diffReport(
  differences: readonly ReportedDifference[],
  { networks, nics, unknown }: Cloud,
  { wallMs, seconds }: Taken,
  limit: number,
): DiffReport {
  return {
    differences: differences.slice(0, limit),
    found: differences.length,
    waiting: differences.filter(({ action }) => action === "wait").length,
    unknown: unknown.slice(0, MAX_UNKNOWN),
    unknownCount: unknown.length,
    takenAt: new Date(wallMs).toISOString(),
    cloudstack: {
      networks: networks.length,
      machines: new Set(nics.map(({ machineUuid }) => machineUuid)).size,
      nics: nics.length,
    },
    seconds,
  };
}

/** The report of a run. withoutGrace: nothing waited for its grace. */
export function runReport(report: DiffReport, settling: Settling, held: boolean, withoutGrace: boolean): RunReport {
  const { settled, removed, writes, noted, failed, failures, inUse } = settling;
  const waiting = withoutGrace ? 0 : report.waiting;
  return { ...report, waiting, settled, removed, writes, noted, failed, failures, inUse, held };
}
