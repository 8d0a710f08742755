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
 * "socket.unavailable" where nobody listens, and with "socket.timeout" where no whole answer comes in time.
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
  throw new ContrailError("socket.bad_request", errorOf(answer) ?? String(answer));
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
  const call = request({ socketPath, method, path, headers });
  const reply = wholeAnswer(call, { deadlineMs, limitBytes: LIMIT_BYTES });
  call.end(text);
  const { status, text: answer } = await reply.catch((cause: unknown) => {
    const { code, message } = ContrailError.from(cause);
    if (code !== "http.timeout") {
      throw new ContrailError("socket.unavailable", `${socketPath}: ${message}`, { cause });
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

function errorOf(answer: unknown): string | undefined {
  const error = (answer as { error?: unknown; message?: unknown } | undefined)?.error; // Our servers' form of errors.
  return typeof error === "string" ? error : undefined;
}
