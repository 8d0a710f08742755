import { parentPort, workerData } from "node:worker_threads";
import { openLogFile } from "./log-file.ts";
import type { LogAnswer, LogRequest } from "./log-messages.ts";

/**
 * The thread that owns the file. Appends that wait together share one transaction (group commit); everything else is
 * answered in the order of arrival, after the appends that came before it.
 */
if (parentPort === null) throw new Error("log-worker runs as a worker thread only");
const port = parentPort;
const file = openLogFile(String((workerData as { path: string }).path)); // Our own parent hands this in.
const waiting: { readonly id: number; readonly request: Extract<LogRequest, { kind: "append" }> }[] = [];

port.on("message", ({ id, request }: { id: number; request: LogRequest }) => {
  if (request.kind === "append") {
    waiting.push({ id, request });
    if (waiting.length === 1) setImmediate(commit);
    return;
  }
  commit();
  answer(id, () => handle(request));
  if (request.kind === "close") port.close();
});

function commit(): void {
  const batch = waiting.splice(0);
  if (batch.length === 0) return;
  try {
    const first = file.append(batch.map(({ request }) => request.append));
    for (const [index, { id }] of batch.entries()) port.postMessage({ id, value: first[index] } satisfies LogAnswer);
  } catch (reason) {
    for (const { id } of batch) port.postMessage({ id, error: String(reason) } satisfies LogAnswer);
  }
}

function handle(request: Exclude<LogRequest, { kind: "append" }>): Extract<LogAnswer, { value: unknown }>["value"] {
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

function answer(id: number, run: () => Extract<LogAnswer, { value: unknown }>["value"]): void {
  try {
    port.postMessage({ id, value: run() } satisfies LogAnswer);
  } catch (reason) {
    port.postMessage({ id, error: String(reason) } satisfies LogAnswer);
  }
}
