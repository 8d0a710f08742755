import { DatabaseSync } from "node:sqlite";

const LOCKED = [5, 6]; // SQLITE_BUSY, SQLITE_LOCKED.

/** True where another process has the database of a file open. */
export function isInUse(path: string): boolean {
  const database = new DatabaseSync(path, { timeout: 0 });
  try {
    return !leaveWal(database);
  } finally {
    database.close();
  }
}

/** Takes a database out of WAL mode, which only a connection that is alone with it can do; false where it is not. */
export function leaveWal(database: DatabaseSync): boolean {
  try {
    database.exec("PRAGMA journal_mode = DELETE");
    return true;
  } catch (reason) {
    // Errors of node:sqlite carry SQLite's code.
    if (LOCKED.includes((reason as { readonly errcode?: number }).errcode ?? 0)) return false;
    throw reason;
  }
}
