import { request } from "node:http";

/** One call over a unix socket; gives status and parsed answer (the text itself where it is no JSON). Rejects where nobody answers. */
export function callJson(
  socketPath: string,
  method: string,
  path: string,
  body?: unknown,
): Promise<{ readonly status: number; readonly answer: unknown }> {
  const text = body === undefined ? "" : typeof body === "string" ? body : JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const headers =
      text === "" ? {} : { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(text) };
    const call = request({ socketPath, method, path, headers, timeout: 30_000 }, (response) => {
      response.toArray().then((chunks: Buffer[]) => {
        resolve({ status: response.statusCode ?? 0, answer: parse(Buffer.concat(chunks).toString()) });
      }, reject);
    });
    call.on("timeout", () => call.destroy(new Error(`${socketPath}: no answer in 30 s`)));
    call.on("error", reject);
    call.end(text);
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
