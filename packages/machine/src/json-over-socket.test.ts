import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { callSocket } from "./json-over-socket.ts";

const directory = mkdtempSync(join(tmpdir(), "contrail-socket-"));
const socketPath = join(directory, "s.sock");
let server: Server | undefined;

afterEach(async () => {
  server?.closeAllConnections();
  await new Promise<void>((resolve) => (server === undefined ? resolve() : server.close(() => resolve())));
  server = undefined;
  rmSync(socketPath, { force: true });
});

async function serve(answer: RequestListener): Promise<void> {
  const listening = createServer(answer);
  server = listening;
  await new Promise<void>((resolve) => listening.listen(socketPath, resolve));
}

test("a server that takes the question and never answers ends at the deadline", async () => {
  await serve(() => {});
  const call = callSocket(socketPath, "GET", "/status", undefined, { deadlineMs: 100 });
  await expect(call).rejects.toMatchObject({
    code: "socket.timeout",
    message: `${socketPath} does not answer in 0.1 s`,
  });
});

test("an answer that begins and does not end is none", async () => {
  await serve((_request, response) => response.write("{"));
  const call = callSocket(socketPath, "GET", "/status", undefined, { deadlineMs: 100 });
  await expect(call).rejects.toMatchObject({ code: "socket.timeout" });
});

test("an answer is given as JSON, a refusal by the server's words, nobody there by the socket", async () => {
  await serve((request, response) => {
    response.statusCode = request.url === "/good" ? 200 : 400;
    response.end(JSON.stringify(request.url === "/good" ? { a: 1 } : { error: "no" }));
  });
  expect(await callSocket(socketPath, "GET", "/good")).toEqual({ a: 1 });
  await expect(callSocket(socketPath, "GET", "/bad")).rejects.toMatchObject({
    code: "socket.bad_request",
    message: "no",
  });
  const nobody = callSocket(join(directory, "none.sock"), "GET", "/");
  await expect(nobody).rejects.toMatchObject({ code: "socket.unavailable" });
});

test("an answer without an end is refused as too large, not as nobody's", async () => {
  const much = Buffer.alloc(16 * 1024 * 1024);
  await serve((_request, response) => {
    const more = () => response.destroyed || response.write(much, more);
    more();
  });
  await expect(callSocket(socketPath, "GET", "/")).rejects.toMatchObject({ code: "socket.too_large" });
});

test("a call is not lost with a connection that the server closes for being idle", async () => {
  await serve((_request, response) => response.end("1"));
  expect(await callSocket(socketPath, "GET", "/")).toBe(1);
  // Neither side hears of the other before both have done this.
  server?.closeIdleConnections();
  expect(await callSocket(socketPath, "GET", "/")).toBe(1);
});
