import { createServer, Socket } from "node:net";
import { expect, test } from "vitest";
import {
  beginConnect,
  closeDescriptor,
  hopsOfCaller,
  MAX_MD5_KEY_BYTES,
  openTcpSocket,
  rememberCallers,
  setDscp,
  setMd5Key,
  setTtlSecurity,
  tcpConnectionState,
} from "./index.ts";

const LISTENER = 0x7f005b01; // 127.0.91.1
const CALLER = 0x7f005b02;
/** What the kernel drops is not answered: so long nothing has to come. */
const SILENCE_MS = 400;

/** A server on 127.0.91.1 that greets, with its descriptor prepared. */
async function greeter(prepare: (fd: number) => void, accepted: (fd: number) => void = () => {}) {
  const fd = openTcpSocket(LISTENER, 0);
  prepare(fd);
  const server = createServer((socket) => {
    socket.on("error", () => {});
    accepted((socket as unknown as { _handle: { fd: number } })._handle.fd);
    socket.write("hello");
    socket.on("data", () => socket.end("heard"));
  });
  await new Promise<void>((resolve) => server.listen({ fd }, resolve));
  const bound = server.address();
  return { server, port: bound !== null && typeof bound === "object" ? bound.port : 0 };
}

/** What a caller from 127.0.91.2 hears, whose socket is prepared, and who says a word after a time; "" where the handshake does not come to its end. */
async function call(port: number, prepare: (fd: number) => void, waitMs = 0): Promise<string> {
  const fd = openTcpSocket(CALLER, 0);
  prepare(fd);
  expect(beginConnect(fd, LISTENER, port)).toBe(true);
  const end = performance.now() + SILENCE_MS;
  while (tcpConnectionState(fd) === "pending" && performance.now() < end)
    await new Promise((resolve) => setTimeout(resolve, 5));
  if (tcpConnectionState(fd) !== "connected") {
    closeDescriptor(fd);
    return "";
  }
  const socket = new Socket({ fd, readable: true, writable: true });
  socket.setEncoding("utf8").on("error", () => {});
  let heard = "";
  socket.on("data", (text: string) => {
    heard += text;
  });
  setTimeout(() => socket.write("word"), waitMs);
  await new Promise((resolve) => {
    socket.once("end", resolve);
    setTimeout(resolve, SILENCE_MS);
  });
  socket.destroy();
  return heard;
}

test("only who signs with the key is heard (RFC 2385), and anybody when it is taken away", async () => {
  let listener = -1;
  const { server, port } = await greeter((fd) => {
    listener = fd;
    setMd5Key(fd, CALLER, "secret");
  });
  const with_ = (key: string) => call(port, (fd) => setMd5Key(fd, LISTENER, key));
  expect(await with_("secret")).toBe("helloheard");
  expect(await with_("other")).toBe("");
  expect(await call(port, () => {})).toBe("");
  setMd5Key(listener, CALLER, undefined);
  setMd5Key(listener, CALLER, undefined); // One that is not there.
  expect(await call(port, () => {})).toBe("helloheard");
  server.close();
});

test("keys of other lengths than 1 to 80 octets are refused", () => {
  const fd = openTcpSocket(CALLER, 0);
  expect(() => setMd5Key(fd, LISTENER, "")).toThrow(`an MD5 key has 1 to ${MAX_MD5_KEY_BYTES} octets`);
  expect(() => setMd5Key(fd, LISTENER, "é".repeat(41))).toThrow("octets");
  setMd5Key(fd, LISTENER, "x".repeat(80));
  closeDescriptor(fd);
});

test("who is farther away than he may be is seen by his first segment, and not heard after it (RFC 5082)", async () => {
  const hops: (number | undefined)[] = [];
  const { server, port } = await greeter(
    (fd) => {
      setTtlSecurity(fd, 255);
      rememberCallers(fd);
    },
    (fd) => {
      hops.push(hopsOfCaller(fd));
      setTtlSecurity(fd, 1);
    },
  );
  expect(await call(port, (fd) => setTtlSecurity(fd, 1))).toBe("helloheard");
  // With the host's own TTL, 64, its segments come as from 192 hops away: it hears, and what it says is dropped.
  expect(await call(port, () => {}, 50)).toBe("hello");
  expect(hops).toEqual([1, 192]);
  server.close();
});

test("a code point is taken, a connection that nobody takes has failed", async () => {
  const fd = openTcpSocket(CALLER, 0);
  setDscp(fd, 48);
  const began = beginConnect(fd, LISTENER, 1);
  while (began && tcpConnectionState(fd) === "pending") await new Promise((resolve) => setTimeout(resolve, 5));
  expect(began ? tcpConnectionState(fd) : "failed").toBe("failed");
  closeDescriptor(fd);
});
