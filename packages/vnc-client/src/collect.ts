import type { ClientRequest } from "node:http";
import { ContrailError } from "@contrail/errors";
import { type HttpReply, wholeAnswer } from "@contrail/http-call";

/** Bounds of one call; each has a default. */
export interface VncBounds {
  /** Milliseconds without a sign of life; 30 s. */
  readonly idleMs?: number;
  /** Milliseconds from the question to the end of the answer; 2 min. */
  readonly deadlineMs?: number;
  /** Bytes of an answer; 256 MiB. */
  readonly limitBytes?: number;
}

const DEFAULTS = { idleMs: 30_000, deadlineMs: 120_000, limitBytes: 256 * 1024 * 1024 };

/**
 * Waits for the answer to a call. Rejects with "vnc.unavailable" where none comes in time, and with "vnc.too_large" where it
 * is larger than it may be; the connection is closed then.
 */
export function collect(call: ClientRequest, bounds: VncBounds): Promise<HttpReply> {
  const all = { ...DEFAULTS, ...bounds };
  return wholeAnswer(call, all).catch((cause: unknown) => {
    const { code, message } = ContrailError.from(cause);
    if (code === "http.too_large") {
      throw new ContrailError("vnc.too_large", `the configuration API's answer is larger than ${all.limitBytes} bytes`);
    }
    throw new ContrailError("vnc.unavailable", `the configuration API cannot be reached: ${message}`, { cause });
  });
}
