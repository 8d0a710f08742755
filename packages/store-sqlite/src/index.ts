export { isInUse } from "./in-use.ts";
export { openSqliteStore } from "./sqlite-store.ts";
