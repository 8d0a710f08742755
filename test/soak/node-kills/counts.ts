import type { KillReport, KillSum } from "@contrail/test-stores";
import type { ReportRow } from "../reliability.ts";

/** Sums over the kills of a campaign. */
export interface NodeKillCounts {
  readonly kills: number;
  readonly keyspaces: number;
  readonly acknowledged: number;
  readonly unanswered: number;
  readonly refused: number;
  readonly objects: number;
  readonly links: number;
  /** Longest time from the first answer after a kill until all was published and derived, in ms. */
  readonly cleanMs: number;
  /** Starts after which that took longer than five seconds. */
  readonly late: number;
  readonly faults: number;
}

const BAR_MS = 5_000;

export function emptyCounts(): NodeKillCounts {
  const work = { acknowledged: 0, unanswered: 0, refused: 0, objects: 0, links: 0 };
  return { kills: 0, keyspaces: 0, ...work, cleanMs: 0, late: 0, faults: 0 };
}

export function addKill(counts: NodeKillCounts, { problems, cleanMs }: KillReport): NodeKillCounts {
  return {
    ...counts,
    kills: counts.kills + 1,
    cleanMs: Math.max(counts.cleanMs, Math.round(cleanMs)),
    late: counts.late + (cleanMs > BAR_MS ? 1 : 0),
    faults: counts.faults + problems.length,
  };
}

export function addSum(counts: NodeKillCounts, sum: KillSum): NodeKillCounts {
  return {
    ...counts,
    keyspaces: counts.keyspaces + 1,
    acknowledged: counts.acknowledged + sum.acknowledged,
    unanswered: counts.unanswered + sum.unanswered,
    refused: counts.refused + sum.refused,
    objects: counts.objects + sum.objects,
    links: counts.links + sum.links,
    faults: counts.faults + sum.problems.length + sum.refused,
  };
}

/** A campaign as a row of docs/reliability.md. */
export function reportRow(seed: number, counts: NodeKillCounts, commit: string): ReportRow {
  const { kills, keyspaces, acknowledged, unanswered, objects, links, cleanMs, late, faults } = counts;
  const work = [kills, keyspaces, acknowledged, unanswered, `${objects}, ${links}`, `${cleanMs}, ${late}`];
  return { columns: COLUMNS, cells: ["node-kills", commit, seed, ...work, faults], nameCells: 1 };
}

const COLUMNS = [
  ...["campaign", "commit", "seed", "kills", "keyspaces", "writes acknowledged", "without answer"],
  ...["objects, links whole", "clean after a start at the latest, ms; starts over 5,000", "faults"],
];
