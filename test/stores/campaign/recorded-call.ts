import type { Answer, ConfigPair } from "../config-pair.ts";
import type { HistoryLog } from "./history-log.ts";

/** One call and its times; answer undefined: nobody knows what became of it. */
export interface RecordedCall {
  readonly answer: Answer | undefined;
  readonly calledAtMs: number;
  readonly returnedAtMs: number;
}

/** One request to one node, as a client records it. */
export interface Request {
  readonly node: number;
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Makes a call; a 503, a timeout or a broken connection tells nothing of a write. Any other 5xx is a fault besides. */
export async function recordedCall(pair: ConfigPair, log: HistoryLog, request: Request): Promise<RecordedCall> {
  const { node, method, path, body, headers } = request;
  const calledAtMs = performance.now();
  const ended = (answer: Answer | undefined): RecordedCall => ({
    answer,
    calledAtMs,
    returnedAtMs: performance.now(),
  });
  try {
    const answer = await pair.call(node, method, path, body, headers);
    if (answer.status < 500) {
      log.counts.answered++;
      return ended(answer);
    }
    const what = `${method} ${path} at node ${node % 2}: ${answer.status} ${answer.text}`;
    if (answer.status !== 503) log.unexpected.push(what);
    log.unknown(calledAtMs, what);
  } catch (reason) {
    log.unknown(calledAtMs, `${method} ${path} at node ${node % 2}: ${String(reason)}`);
  }
  return ended(undefined);
}

/** True for a read that its node marks as perhaps old. */
export function isStale({ headers }: Answer): boolean {
  return headers.get("warning")?.startsWith("110") ?? false;
}
