import { connect, createServer, type Socket } from "node:net";
import type { Probe } from "./probe-main.ts";

const CONNECT_MS = 5_000;
const never = new Promise<void>(() => {});

/** What a TCP server has seen. */
export interface TcpServed {
  readonly connections: number;
  readonly bytes: number;
  readonly resets: number;
  /** Milliseconds since the last byte. */
  readonly silentMs: number;
}

/** Accepts and counts; SIGUSR1 prints what was measured until now. */
export async function serveTcp(port: number): Promise<Probe> {
  let connections = 0;
  let bytes = 0;
  let resets = 0;
  let lastAt = performance.now();
  const server = createServer((socket) => {
    connections += 1;
    socket.on("data", (chunk) => {
      bytes += chunk.length;
      lastAt = performance.now();
    });
    socket.on("error", () => {
      resets += 1;
    });
  });
  await new Promise<void>((resolve) => server.listen(port, "0.0.0.0", () => resolve()));
  const result = (): TcpServed => ({ connections, bytes, resets, silentMs: Math.round(performance.now() - lastAt) });
  process.on("SIGUSR1", () => process.stdout.write(`${JSON.stringify(result())}\n`));
  return { done: never, result, close: () => server.close() };
}

/** Tries to connect within so many milliseconds; done when it knows. */
export async function connectTcp(address: string, port: number, deadlineMs: number): Promise<Probe> {
  let outcome = "timeout";
  const socket = connect({ host: address, port });
  const startedAt = performance.now();
  let took = deadlineMs;
  const done = new Promise<void>((resolve) => {
    const finish = (how: string): void => {
      outcome = how;
      took = performance.now() - startedAt;
      resolve();
    };
    socket.once("connect", () => finish("connected"));
    socket.once("error", (reason) => finish(reason.message));
    setTimeout(resolve, deadlineMs);
  });
  return { done, result: () => ({ outcome, milliseconds: Math.round(took) }), close: () => socket.destroy() };
}

/** Connects and sends: so many bytes as fast as it can, or with 0 a little every 5 ms until it is stopped. */
export async function streamTcp(address: string, port: number, total: number): Promise<Probe> {
  const socket = connect({ host: address, port, timeout: CONNECT_MS });
  await new Promise<void>((resolve, reject) => {
    socket.once("connect", resolve);
    socket.once("error", reject);
    socket.once("timeout", () => socket.destroy(new Error(`no connection in ${CONNECT_MS} ms`)));
  });
  socket.setTimeout(0);
  let error = "";
  socket.on("error", (reason) => {
    error = reason.message;
  });
  const startedAt = performance.now();
  let seconds = 0;
  const done =
    total === 0
      ? trickle(socket)
      : bulk(socket, total).then(() => {
          seconds = (performance.now() - startedAt) / 1_000;
        });
  return { done, result: () => ({ error, seconds, bytes: socket.bytesWritten }), close: () => socket.destroy() };
}

function trickle(socket: Socket): Promise<void> {
  const message = Buffer.alloc(100, 1);
  setInterval(() => socket.write(message), 5);
  return never;
}

function bulk(socket: Socket, total: number): Promise<void> {
  const chunk = Buffer.alloc(64 * 1024, 1);
  return new Promise((resolve) => {
    let left = total;
    const write = (): void => {
      while (left > 0) {
        left -= chunk.length;
        if (!socket.write(chunk)) {
          socket.once("drain", write);
          return;
        }
      }
      socket.end(() => resolve());
    };
    write();
  });
}
