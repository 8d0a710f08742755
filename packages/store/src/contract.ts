import { ALLOCATION_CASES } from "./contract/allocation-cases.ts";
import { BACKUP_CASES } from "./contract/backup-cases.ts";
import type { StoreCase } from "./contract/contract-case.ts";
import { LEASE_CASES } from "./contract/lease-cases.ts";
import { OBJECT_CASES } from "./contract/object-cases.ts";
import { OUTBOX_CASES } from "./contract/outbox-cases.ts";
import { PEER_CASES } from "./contract/peer-cases.ts";
import { RECORD_CASES } from "./contract/record-cases.ts";
import { REMOVAL_CASES } from "./contract/removal-cases.ts";
import { TOGETHER_CASES } from "./contract/together-cases.ts";

/**
 * What every store must do. No case needs a transaction over two calls, an order of objects, or a clock that is equal on
 * two nodes; a wait is a condition with a deadline.
 */
export const STORE_CONTRACT: readonly StoreCase[] = [
  ...OBJECT_CASES,
  ...REMOVAL_CASES,
  ...TOGETHER_CASES,
  ...OUTBOX_CASES,
  ...ALLOCATION_CASES,
  ...LEASE_CASES,
  ...RECORD_CASES,
  ...PEER_CASES,
  ...BACKUP_CASES,
];
