import type { RoundReport } from "@contrail/test-stores";

/** Sums over the rounds of a campaign. */
export interface CampaignCounts {
  readonly rounds: number;
  readonly cassandraKilled: number;
  readonly kafkaKilled: number;
  readonly acknowledged: number;
  /** Operations in the histories that were checked. */
  readonly operations: number;
  /** Calls whose outcome nobody was told, while the store had no quorum. */
  readonly unknownWithoutQuorum: number;
  /** The same while it had one. */
  readonly refused: number;
  /** Longest times around a kill without an acknowledged write, and without a list that is surely the newest, in ms. */
  readonly writeGapMs: number;
  readonly listGapMs: number;
  /** Conditional updates of fifty clients that were decided, and addresses that were given in races. */
  readonly revisions: number;
  readonly addresses: number;
  /** Histories without an order, invariants that did not hold, numbers that were given twice. */
  readonly faults: number;
}

/** What is asked for; saved with the counts, so that a campaign can go on. */
export interface Campaign {
  readonly seed: number;
  readonly kills: number;
  /** Addresses that each of four nodes is asked for. */
  readonly allocations: number;
  /** Revisions that fifty clients contend for. */
  readonly revisions: number;
  readonly counts: CampaignCounts;
}

export function emptyCounts(): CampaignCounts {
  return {
    ...{ rounds: 0, cassandraKilled: 0, kafkaKilled: 0, acknowledged: 0, operations: 0, unknownWithoutQuorum: 0 },
    ...{ refused: 0, writeGapMs: 0, listGapMs: 0, revisions: 0, addresses: 0, faults: 0 },
  };
}

/** Servers that were killed so far. */
export function killed({ cassandraKilled, kafkaKilled }: CampaignCounts): number {
  return cassandraKilled + kafkaKilled;
}

export function addRound(counts: CampaignCounts, report: RoundReport): CampaignCounts {
  const ofKafka = report.killed.filter((name) => name.startsWith("kafka")).length;
  return {
    ...counts,
    rounds: counts.rounds + 1,
    cassandraKilled: counts.cassandraKilled + report.killed.length - ofKafka,
    kafkaKilled: counts.kafkaKilled + ofKafka,
    acknowledged: counts.acknowledged + report.acknowledged,
    operations: counts.operations + report.operations,
    unknownWithoutQuorum: counts.unknownWithoutQuorum + report.unknownWithoutQuorum,
    refused: counts.refused + report.refused.length,
    writeGapMs: Math.max(counts.writeGapMs, report.writeGapMs),
    listGapMs: Math.max(counts.listGapMs, report.listGapMs),
    faults: counts.faults + report.problems.length,
  };
}

const COLUMNS = [
  ...["campaign", "commit", "seed", "kills", "by kind", "rounds", "writes acknowledged", "operations checked"],
  ...[
    "unknown without quorum",
    "unknown with quorum",
    "write gap, list gap ms",
    "revisions of 50 clients",
    "raced addresses",
  ],
  "faults",
];

/** A campaign as a row of docs/reliability.md. */
export function reportRow({ seed, counts }: Campaign, commit: string) {
  const { cassandraKilled, kafkaKilled, rounds, acknowledged, operations, unknownWithoutQuorum } = counts;
  const { refused, writeGapMs, listGapMs, revisions, addresses, faults } = counts;
  const kinds = `Cassandra ${cassandraKilled}, Kafka ${kafkaKilled}`;
  const work = [
    rounds,
    acknowledged,
    operations,
    unknownWithoutQuorum,
    refused,
    `${writeGapMs}, ${listGapMs}`,
    revisions,
    addresses,
  ];
  return { columns: COLUMNS, cells: ["stores", commit, seed, killed(counts), kinds, ...work, faults], nameCells: 1 };
}
