export { type Bus, type BusBatch, type BusRecord, CONFIG_TOPIC, type StoredBusRecord } from "./bus.ts";
export type { BusCase, BusFixture } from "./contract/contract-case.ts";
export { disordered } from "./contract/disordered.ts";
export { BUS_CONTRACT } from "./contract.ts";
