export { type Bus, type BusBatch, type BusRecord, CONFIG_TOPIC, type StoredBusRecord } from "./bus.ts";
export { BUS_CONTRACT, type BusCase, type BusFixture } from "./contract.ts";
