import { request } from "node:http";
import { ContrailError } from "@contrail/errors";

/** One call over a unix socket; gives the JSON answer. Rejects with the server's words. */
export function callSocket(socketPath: string, method: string, path: string, body?: unknown): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const headers =
      text === undefined ? {} : { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(text) };
    const call = request({ socketPath, method, path, headers }, (response) => {
      response.toArray().then((chunks: Buffer[]) => {
        const answer = Buffer.concat(chunks).toString();
        const parsed = parse(answer);
        if ((response.statusCode ?? 500) < 300) resolve(parsed);
        else reject(new ContrailError("socket.bad_request", errorOf(parsed) ?? answer));
      }, reject);
    });
    call.on("error", (reason) => {
      reject(new ContrailError("socket.unavailable", `${socketPath}: ${reason.message}`, { cause: reason }));
    });
    call.end(text);
  });
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
