import type { ClientRequest, IncomingMessage } from "node:http";
import { ContrailError } from "@contrail/errors";

/** An answer as it came. */
export interface VncReply {
  readonly status: number;
  readonly text: string;
}

/** Bounds of one call; each has a default. */
export interface VncBounds {
  /** Milliseconds without a sign of life; 30 s. */
  readonly idleMs?: number;
  /** Milliseconds from the question to the end of the answer; 2 min. */
  readonly deadlineMs?: number;
  /** Bytes of an answer; 256 MiB. */
  readonly limitBytes?: number;
}

const IDLE_MS = 30_000;
const DEADLINE_MS = 120_000;
const LIMIT_BYTES = 256 * 1024 * 1024;

/**
 * Waits for the answer to a call. Rejects with "vnc.unavailable" where none comes in time, and with "vnc.too_large" where it
 * is larger than it may be; the connection is closed then.
 */
export function collect(call: ClientRequest, bounds: VncBounds): Promise<VncReply> {
  const { idleMs = IDLE_MS, deadlineMs = DEADLINE_MS, limitBytes = LIMIT_BYTES } = bounds;
  const { promise, resolve, reject } = Promise.withResolvers<VncReply>();
  const end = (reason: ContrailError): void => {
    reject(reason);
    call.destroy();
  };
  const lost = (reason: unknown): void => end(unreachable(ContrailError.from(reason).message, reason));
  const timer = setTimeout(() => lost(new Error(`no whole answer in ${deadlineMs / 1_000} s`)), deadlineMs);
  call.setTimeout(idleMs, () => lost(new Error(`no answer in ${idleMs / 1_000} s`)));
  call.on("error", lost);
  call.on("response", (response: IncomingMessage) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    response.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= limitBytes) chunks.push(chunk);
      else end(new ContrailError("vnc.too_large", `the configuration API's answer is larger than ${limitBytes} bytes`));
    });
    response.on("error", lost);
    response.on("end", () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }));
  });
  return promise.finally(() => clearTimeout(timer));
}

function unreachable(why: string, cause: unknown): ContrailError {
  return new ContrailError("vnc.unavailable", `the configuration API cannot be reached: ${why}`, { cause });
}
