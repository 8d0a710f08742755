import { DatabaseSync } from "node:sqlite";

const LOCKED = [5, 6]; // SQLITE_BUSY, SQLITE_LOCKED.

/** True where another process has the database of a file open: only one that is alone can take it out of WAL mode. */
export function isInUse(path: string): boolean {
  const database = new DatabaseSync(path, { timeout: 0 });
  try {
    database.exec("PRAGMA journal_mode = DELETE");
    return false;
  } catch (reason) {
    // Errors of node:sqlite carry SQLite's code.
    if (LOCKED.includes((reason as { readonly errcode?: number }).errcode ?? 0)) return true;
    throw reason;
  } finally {
    database.close();
  }
}
