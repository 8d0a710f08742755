import { request } from "node:http";
import { ContrailError } from "@contrail/errors";
import { wholeAnswer } from "@contrail/http-call";

/** Bounds of a call. */
export interface CallBounds {
  /** Milliseconds from the question to the end of the answer; 30 s where not given. */
  readonly deadlineMs?: number;
}

const DEADLINE_MS = 30_000;
const LIMIT_BYTES = 256 * 1024 * 1024;

/** An answer: JSON, or the text itself where it is none. */
export interface SocketReply {
  readonly status: number;
  readonly answer: unknown;
}

/**
 * One call over a unix socket; gives the JSON answer. Rejects with the server's words ("socket.bad_request"), with
 * "socket.unavailable" where nobody listens, with "socket.timeout" where no whole answer comes in time, and with
 * "socket.too_large" for one above 256 MiB.
 */
export async function callSocket(
  socketPath: string,
  method: string,
  path: string,
  body?: unknown,
  bounds: CallBounds = {},
): Promise<unknown> {
  const { status, answer } = await askSocket(socketPath, method, path, body, bounds);
  if (status < 300) return answer;
  throw new ContrailError("socket.bad_request", errorOf(answer) ?? saidOf(answer));
}

/** As callSocket, but gives every answer with its status. A body that is a text goes as it is. */
export async function askSocket(
  socketPath: string,
  method: string,
  path: string,
  body?: unknown,
  { deadlineMs = DEADLINE_MS }: CallBounds = {},
): Promise<SocketReply> {
  const text = body === undefined || typeof body === "string" ? body : JSON.stringify(body);
  const headers =
    text === undefined ? {} : { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(text) };
  // A connection that was kept may be closed by the server in the moment in which it is used again.
  const call = request({ socketPath, method, path, headers, agent: false });
  const reply = wholeAnswer(call, { deadlineMs, limitBytes: LIMIT_BYTES });
  call.end(text);
  const { status, text: answer } = await reply.catch((cause: unknown) => {
    const { code, message } = ContrailError.from(cause);
    if (code !== "http.timeout") {
      const kind = code === "http.too_large" ? "socket.too_large" : "socket.unavailable";
      throw new ContrailError(kind, `${socketPath}: ${message}`, { cause });
    }
    const seconds = deadlineMs / 1_000;
    const late = `${socketPath} does not answer in ${seconds} s`;
    throw new ContrailError("socket.timeout", late, { fields: { seconds } });
  });
  return { status, answer: parse(answer) };
}

function parse(text: string): unknown {
  try {
    return text === "" ? undefined : JSON.parse(text);
  } catch {
    return text;
  }
}

function saidOf(answer: unknown): string {
  return typeof answer === "string" ? answer : JSON.stringify(answer ?? "");
}

function errorOf(answer: unknown): string | undefined {
  const error = (answer as { error?: unknown; message?: unknown } | undefined)?.error; // Our servers' form of errors.
  return typeof error === "string" ? error : undefined;
}
