export { STORE_CONTRACT, type StoreCase, type StoreFixture } from "./contract.ts";
export type {
  Allocation,
  AllocationRequest,
  ObjectStore,
  OutboxEntry,
  Removed,
  StoreErrorCode,
} from "./object-store.ts";
