import { type IncomingMessage, request } from "node:http";

/**
 * `guest-client-main.ts [--from ADDRESS] URL [HEADER VALUE]`: prints status and body of what a machine gets, or why it
 * gets nothing, within 3 s.
 */
const given = process.argv.slice(2);
const localAddress = given[0] === "--from" ? given[1] : undefined;
const [url = "", header, value = ""] = localAddress === undefined ? given : given.slice(2);

async function print(response: IncomingMessage): Promise<void> {
  process.stdout.write(`${response.statusCode} ${Buffer.concat(await response.toArray()).toString()}`);
}

const headers = header === undefined ? {} : { [header]: value };
const asked = request(url, {
  headers,
  agent: false,
  signal: AbortSignal.timeout(3_000),
  ...(localAddress && { localAddress }),
});
asked.on("response", print);
asked.on("error", (reason: Error & { readonly code?: string }) =>
  process.stdout.write(reason.name === "AbortError" || reason.name === "TimeoutError" ? "no answer" : `${reason.code}`),
);
asked.end();
