import type { ClientRequest, IncomingMessage } from "node:http";
import { ContrailError } from "@contrail/errors";

/** An answer as it came. */
export interface HttpReply {
  readonly status: number;
  readonly text: string;
}

/** Bounds of one call. */
export interface AnswerBounds {
  /** Milliseconds from the question to the end of the answer. */
  readonly deadlineMs: number;
  /** Bytes of an answer. */
  readonly limitBytes: number;
  /** Milliseconds without a sign of life; undefined: the deadline is enough. */
  readonly idleMs?: number | undefined;
}

/**
 * Waits for the answer to a call, which the caller ends. Rejects with code "http.too_large" for an answer above its limit,
 * "http.timeout" where it does not come in time, and with the connection's own error; the connection is closed then.
 */
export function wholeAnswer(call: ClientRequest, bounds: AnswerBounds): Promise<HttpReply> {
  const { deadlineMs, limitBytes, idleMs } = bounds;
  const { promise, resolve, reject } = Promise.withResolvers<HttpReply>();
  // The reason is told here: a whole answer's connection is not the call's any more.
  const end = (reason: Error): void => {
    reject(reason);
    call.destroy();
  };
  const silent = (ms: number) => (): void => end(new ContrailError("http.timeout", `no answer in ${ms / 1_000} s`));
  const timer = setTimeout(silent(deadlineMs), deadlineMs);
  if (idleMs !== undefined) call.setTimeout(idleMs, silent(idleMs));
  call.on("error", end);
  call.on("response", (response: IncomingMessage) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    response.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= limitBytes) chunks.push(chunk);
      else end(new ContrailError("http.too_large", `the answer is larger than ${limitBytes} bytes`));
    });
    response.on("error", end);
    response.on("end", () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }));
  });
  return promise.finally(() => clearTimeout(timer));
}
