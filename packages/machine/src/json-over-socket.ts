import { type IncomingMessage, request } from "node:http";
import { ContrailError } from "@contrail/errors";

/** Bounds of a call. */
export interface CallBounds {
  /** Milliseconds from the question to the end of the answer; 30 s where not given. */
  readonly deadlineMs?: number;
}

const DEADLINE_MS = 30_000;

/**
 * One call over a unix socket; gives the JSON answer. Rejects with the server's words ("socket.bad_request"), with
 * "socket.unavailable" where nobody listens, and with "socket.timeout" where no whole answer comes in time.
 */
export function callSocket(
  socketPath: string,
  method: string,
  path: string,
  body?: unknown,
  { deadlineMs = DEADLINE_MS }: CallBounds = {},
): Promise<unknown> {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  const text = body === undefined ? undefined : JSON.stringify(body);
  const headers =
    text === undefined ? {} : { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(text) };
  const call = request({ socketPath, method, path, headers }, (response: IncomingMessage) => {
    response.toArray().then((chunks: Buffer[]) => {
      const answer = Buffer.concat(chunks).toString();
      const parsed = parse(answer);
      if ((response.statusCode ?? 500) < 300) resolve(parsed);
      else reject(new ContrailError("socket.bad_request", errorOf(parsed) ?? answer));
    }, reject);
  });
  const timer = setTimeout(() => {
    const seconds = deadlineMs / 1_000;
    reject(
      new ContrailError("socket.timeout", `${socketPath} does not answer in ${seconds} s`, { fields: { seconds } }),
    );
    call.destroy();
  }, deadlineMs);
  call.on("error", (reason) => {
    reject(new ContrailError("socket.unavailable", `${socketPath}: ${reason.message}`, { cause: reason }));
  });
  call.end(text);
  return promise.finally(() => clearTimeout(timer));
}

function parse(text: string): unknown {
  try {
    return text === "" ? undefined : JSON.parse(text);
  } catch {
    return text;
  }
}

function errorOf(answer: unknown): string | undefined {
  const error = (answer as { error?: unknown; message?: unknown } | undefined)?.error; // Our servers' form of errors.
  return typeof error === "string" ? error : undefined;
}
