export { KAFKA_SETTINGS, openKafkaBus } from "./kafka.ts";
export { openStore, SQLITE_FILE, STORE_SETTINGS, type StoreSettings } from "./object-store.ts";
