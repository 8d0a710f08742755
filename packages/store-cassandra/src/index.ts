export { openCassandraStore } from "./cassandra-store.ts";
export type { CassandraStoreOptions, CassandraTls } from "./options.ts";
