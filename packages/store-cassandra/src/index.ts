export { openCassandraStore } from "./cassandra-store.ts";
export { ensureFirstRole, type FirstRoleOptions } from "./first-role.ts";
export type { CassandraStoreOptions, CassandraTls } from "./options.ts";
