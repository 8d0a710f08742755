export { type Bus, type BusBatch, type BusRecord, CONFIG_TOPIC, type StoredBusRecord } from "./bus.ts";
