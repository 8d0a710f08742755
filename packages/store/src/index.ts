export type { StoreCase, StoreFixture } from "./contract/contract-case.ts";
export { STORE_CONTRACT } from "./contract.ts";
export {
  type Allocation,
  type AllocationRequest,
  DERIVED_LEASE,
  type ObjectStore,
  type OutboxEntry,
  type RemovalOptions,
  type Removed,
  type StoredRecord,
  type StoredState,
  type StoreErrorCode,
} from "./object-store.ts";
