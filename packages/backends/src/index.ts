export { KAFKA_SETTINGS, openKafkaBus } from "./kafka.ts";
export { openStore, STORE_SETTINGS } from "./object-store.ts";
