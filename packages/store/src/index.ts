export { STORE_CONTRACT, type StoreCase, type StoreFixture } from "./contract.ts";
export {
  type Allocation,
  type AllocationRequest,
  DERIVED_LEASE,
  type ObjectStore,
  type OutboxEntry,
  type Removed,
  type StoreErrorCode,
} from "./object-store.ts";
