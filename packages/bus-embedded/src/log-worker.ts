import { parentPort, workerData } from "node:worker_threads";
import type { WorkerAnswer, WorkerQuestion } from "@contrail/runtime";
import { openLogFile } from "./log-file.ts";
import type { LogReadAnswer, LogRequest } from "./log-messages.ts";

type Append = Extract<LogRequest, { kind: "append" }>;

/**
 * The thread that owns the file. Appends that wait together share one transaction (group commit); everything else is
 * answered in the order of arrival, after the appends that came before it.
 */
if (parentPort === null) throw new Error("log-worker runs as a worker thread only");
const port = parentPort;
const file = openLogFile(String((workerData as { path: string }).path)); // Our own parent hands this in.
const waiting: WorkerQuestion<LogRequest>[] = [];

port.on("message", (questions: readonly WorkerQuestion<LogRequest>[]) => {
  if (waiting.length === 0) setImmediate(answerAll);
  waiting.push(...questions);
});

function answerAll(): void {
  const answers: WorkerAnswer[] = [];
  let appends: { readonly id: number; readonly request: Append }[] = [];
  let isClosed = false;
  for (const { id, request } of waiting.splice(0)) {
    if (request.kind === "append") {
      appends.push({ id, request });
      continue;
    }
    answers.push(...commit(appends), attempt(id, request));
    appends = [];
    isClosed ||= request.kind === "close";
  }
  answers.push(...commit(appends));
  port.postMessage(answers);
  if (isClosed) port.close();
}

function commit(appends: readonly { readonly id: number; readonly request: Append }[]): WorkerAnswer[] {
  if (appends.length === 0) return [];
  try {
    const first = file.append(appends.map(({ request }) => request.append));
    return appends.map(({ id }, index) => ({ id, value: first[index] }));
  } catch (reason) {
    return appends.map(({ id }) => failed(id, reason));
  }
}

function attempt(id: number, request: Exclude<LogRequest, Append>): WorkerAnswer {
  try {
    return { id, value: handle(request) };
  } catch (reason) {
    return failed(id, reason);
  }
}

function failed(id: number, reason: unknown): WorkerAnswer {
  return { id, code: "bus.unavailable", message: String(reason), fields: {} };
}

function handle(request: Exclude<LogRequest, Append>): bigint | number | LogReadAnswer | undefined {
  switch (request.kind) {
    case "read": {
      const records = file.read(request.topic, request.fromOffset, request.limit);
      return { records, highWaterMark: file.highWaterMark(request.topic) };
    }
    case "high-water-mark":
      return file.highWaterMark(request.topic);
    case "compact":
      return file.compact(request.topic, request.tombstonesBelow);
    case "close":
      file.close();
      return undefined;
  }
}
