import type { RoundReport } from "@contrail/test-faults";
import { writeRow } from "../reliability.ts";

/** Sums over the rounds of a campaign. */
export interface CampaignCounts {
  readonly rounds: number;
  readonly killed: number;
  readonly byRole: Readonly<Record<string, number>>;
  readonly acknowledged: number;
  readonly packets: number;
  /** Packets lost while an engine was killed in the same round; any other loss is a fault. */
  readonly lostWithEngine: number;
  readonly leaked: number;
  readonly faults: number;
}

/** A campaign as one row of docs/reliability.md. */
export type ReportLine = CampaignCounts & {
  readonly campaign: "kills";
  readonly engine: string;
  readonly commit: string;
  readonly seed: number;
};

const COLUMNS = [
  ...["campaign", "engine", "commit", "seed", "kills", "by role", "rounds", "writes acknowledged", "packets"],
  ...["lost while an engine was down", "crossed tenants", "faults"],
];

export function emptyCounts(): CampaignCounts {
  return { rounds: 0, killed: 0, byRole: {}, acknowledged: 0, packets: 0, lostWithEngine: 0, leaked: 0, faults: 0 };
}

export function addRound(
  counts: CampaignCounts,
  { kills, acknowledged, streams, faults }: RoundReport,
): CampaignCounts {
  const byRole: Record<string, number> = { ...counts.byRole };
  for (const [role, count] of Object.entries(kills)) byRole[role] = (byRole[role] ?? 0) + count;
  return {
    rounds: counts.rounds + 1,
    killed: Object.values(byRole).reduce((sum, count) => sum + count, 0),
    byRole,
    acknowledged: counts.acknowledged + acknowledged,
    packets: counts.packets + streams.sent,
    lostWithEngine: counts.lostWithEngine + (kills.engine === undefined ? 0 : streams.lost),
    leaked: counts.leaked + streams.leaked,
    faults: counts.faults + faults.length,
  };
}

export function reportLine(
  { engine, seed, counts }: { engine: string; seed: number; counts: CampaignCounts },
  commit: string,
): ReportLine {
  return { campaign: "kills", engine, commit, seed, ...counts };
}

/** Puts a campaign into docs/reliability.md, in place of the last one of its name and engine. */
export function writeReport(line: ReportLine): void {
  const roles = Object.entries(line.byRole).map(([role, count]) => `${role} ${count}`);
  const { campaign, engine, commit, seed, killed, rounds, acknowledged, packets, lostWithEngine, leaked, faults } =
    line;
  const counts = [rounds, acknowledged, packets, lostWithEngine, leaked, faults];
  const cells = [campaign, engine, commit, seed, killed, roles.join(", "), ...counts];
  writeRow({ columns: COLUMNS, cells, nameCells: 2 });
}
