import type { Server } from "node:http";
import { Server as TlsServer } from "node:https";
import type { Socket } from "node:net";

/** How long a connection may be without a whole request while others wait for its place, in ms. */
const PATIENCE_MS = 1_000;

/**
 * Keeps a place free on a server whose connections are all taken: of those on which no request has come yet the oldest is
 * closed, if it has had a second for it. Who sends headers slowly on many connections keeps nobody out for long; a
 * connection that has carried a request stays.
 */
export function evictSilentCallers(server: Server | TlsServer, patienceMs = PATIENCE_MS): void {
  let open = 0;
  /** When they came, by performance.now(); the oldest first. */
  const silent = new Map<Socket, number>();
  const evict = (): void => {
    if (open < server.maxConnections) return;
    const [oldest] = silent;
    if (oldest === undefined || performance.now() - oldest[1] < patienceMs) return;
    silent.delete(oldest[0]);
    oldest[0].destroy();
  };
  server.on("connection", (socket: Socket) => {
    open++;
    socket.once("close", () => open--);
  });
  // Requests of a TLS connection come on the inner socket.
  server.on(server instanceof TlsServer ? "secureConnection" : "connection", (socket: Socket) => {
    silent.set(socket, performance.now());
    socket.once("close", () => silent.delete(socket));
    evict();
  });
  server.on("request", ({ socket }) => silent.delete(socket));
  server.on("drop", evict);
}
