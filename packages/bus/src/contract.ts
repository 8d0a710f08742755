import { COMPACTION_CASES } from "./contract/compaction-cases.ts";
import type { BusCase } from "./contract/contract-case.ts";
import { ORDER_CASES } from "./contract/order-cases.ts";
import { READER_CASES } from "./contract/reader-cases.ts";
import { RESTART_CASES } from "./contract/restart-cases.ts";

/**
 * What every bus must do. No case needs more than delivery at least once, nor that compaction removes anything by a
 * certain time; each uses new topics, so that a server with old data serves as well.
 */
export const BUS_CONTRACT: readonly BusCase[] = [
  ...ORDER_CASES,
  ...READER_CASES,
  ...COMPACTION_CASES,
  ...RESTART_CASES,
];
