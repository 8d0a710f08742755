import { once } from "node:events";
import { createConnection, type Socket } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createHttpApp, type HttpListener, serveHttp } from "./http-server.ts";

/** Slow clients are looked for once a second; a client that is cut off has been so by then. */
const DEADLINE_MS = 20_000;

let listener: HttpListener;

beforeAll(async () => {
  const app = createHttpApp({ bodyLimitBytes: 1_000 });
  app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
  app.get("/", () => "here");
  app.post("/", () => "taken");
  const bounds = { headersTimeoutMs: 200, requestTimeoutMs: 400, keepAliveTimeoutMs: 60_000, maxConnections: 60 };
  listener = await serveHttp(app, ["127.0.0.1:0"], bounds);
});

afterAll(() => listener.close());

function connect(): Socket {
  const [host, port] = (listener.endpoints[0] ?? "").split(":");
  return createConnection({ host, port: Number(port) });
}

/** Everything that a server sends until it closes the connection. */
async function untilClosed(socket: Socket): Promise<string> {
  const parts: Buffer[] = [];
  socket.on("data", (part: Buffer) => parts.push(part));
  socket.on("error", () => undefined);
  await once(socket, "close", { signal: AbortSignal.timeout(DEADLINE_MS) });
  return Buffer.concat(parts).toString();
}

test("forty clients that send their headers slowly are cut off, and others are served meanwhile", async () => {
  const slow = Array.from({ length: 40 }, () => {
    const socket = connect();
    socket.write("GET / HTTP/1.1\r\nHost: h\r\nX-Slow: ");
    return untilClosed(socket);
  });
  const answer = await fetch(`http://${listener.endpoints[0]}/`);
  expect(await answer.text()).toBe("here");
  for (const received of await Promise.all(slow)) expect(received).toMatch(/^(HTTP\/1\.1 408 |$)/);
});

test("a body that does not come is not waited for", async () => {
  const socket = connect();
  socket.write("POST / HTTP/1.1\r\nHost: h\r\nContent-Type: text/plain\r\nContent-Length: 10\r\n\r\nhalf");
  expect(await untilClosed(socket)).toMatch(/^(HTTP\/1\.1 408 |$)/);
});

test("a body over the limit is refused by its announced length, before it is read", async () => {
  const socket = connect();
  socket.write("POST / HTTP/1.1\r\nHost: h\r\nContent-Type: text/plain\r\nContent-Length: 1000000\r\n\r\n");
  expect(await untilClosed(socket)).toMatch(/^HTTP\/1\.1 413 /);
});

test("connections beyond the bound are closed at once, the others stay", async () => {
  const sockets = Array.from({ length: 60 }, () => connect());
  await Promise.all(sockets.map((socket) => once(socket, "connect")));
  const closed = connect();
  expect(await untilClosed(closed)).toBe("");
  const [first] = sockets;
  first?.write("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  const [data] = first === undefined ? [] : ((await once(first, "data")) as [Buffer]); // The event's one argument.
  expect(String(data)).toMatch(/^HTTP\/1\.1 200 OK/);
  for (const socket of sockets) socket.destroy();
});
