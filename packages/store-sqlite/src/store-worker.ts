import { parentPort, workerData } from "node:worker_threads";
import { ContrailError } from "@contrail/errors";
import type { WorkerAnswer, WorkerQuestion } from "@contrail/runtime";
import { StoreDatabase } from "./database.ts";
import type { StoreRequest } from "./store-messages.ts";

/** Requests after which nothing new has to be on disk: an entry of the outbox that comes back is published again. */
const UNSYNCED: ReadonlySet<StoreRequest["kind"]> = new Set([
  ...(["read", "state", "find-name", "page", "allocations", "pools", "outbox", "published", "logged"] as const),
  ...(["read-key", "key-page", "records", "read-record"] as const),
]);
/**
 * The thread that owns the database. Requests that wait together share one transaction (group commit); none is
 * answered before the transaction is on disk.
 */
if (parentPort === null) throw new Error("store-worker runs as a worker thread only");
const port = parentPort;
const database = new StoreDatabase(String((workerData as { path: string }).path)); // Our own parent hands this in.
const waiting: WorkerQuestion<StoreRequest>[] = [];

port.on("message", (questions: readonly WorkerQuestion<StoreRequest>[]) => {
  if (waiting.length === 0) setImmediate(runAll);
  waiting.push(...questions);
});

function runAll(): void {
  const batch = waiting.splice(0);
  const isSynced = batch.some(({ request }) => !UNSYNCED.has(request.kind));
  const answers = commitTogether(batch, isSynced);
  port.postMessage(answers);
  if (batch.some(({ request }) => request.kind === "close")) {
    database.close();
    port.close();
  }
}

function commitTogether(batch: readonly WorkerQuestion<StoreRequest>[], isSynced: boolean): WorkerAnswer[] {
  try {
    database.begin(isSynced);
    const answers = batch.map(({ id, request }) => attempt(id, request));
    database.commit();
    return answers;
  } catch (reason) {
    database.rollback();
    const message = ContrailError.from(reason).message;
    return batch.map(({ id }) => ({ id, code: "store.unavailable", message, fields: {} }));
  }
}

function attempt(id: number, request: StoreRequest): WorkerAnswer {
  try {
    return { id, value: database.runOne(request) };
  } catch (reason) {
    if (!(reason instanceof ContrailError)) throw reason;
    return { id, code: reason.code, message: reason.message, fields: reason.fields };
  }
}
