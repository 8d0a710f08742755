import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Clock } from "@contrail/clock";
import type { ActivePort } from "../core/active-port.ts";
import type { GuestAnswer } from "../core/guest-answer.ts";
import type { GuestConnections } from "./guest-connections.ts";

/** What a server for machines works with. */
export interface GuestHttpParts {
  readonly connections: GuestConnections;
  readonly clock: Clock;
  /** Decides by the interface that asks, and by nothing that it says about itself. */
  readonly answer: (port: ActivePort, request: IncomingMessage) => GuestAnswer;
  /** The header Server. */
  readonly name: string;
}

/** A request's head, bytes; a metadata client's is a tenth of it. */
const MAX_HEADER_BYTES = 8_192;
const HEADERS_TIMEOUT_MS = 5_000;
const REQUEST_TIMEOUT_MS = 10_000;
/** Longest that a connection lives, however slowly its other end reads. */
const CONNECTION_LIFE_MS = 60_000;
const CHECK_INTERVAL_MS = 1_000;

/**
 * A server whose clients are machines, hostile ones too: one request a connection, of bounded size and time, and bounded
 * connections for each interface. Which interface asks is told by the address that the data plane gave the connection.
 */
export function createGuestHttp(parts: GuestHttpParts): Server {
  const ports = new WeakMap<Socket, ActivePort>();
  const server = createServer({
    maxHeaderSize: MAX_HEADER_BYTES,
    headersTimeout: HEADERS_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    connectionsCheckingInterval: CHECK_INTERVAL_MS,
    requireHostHeader: false,
    keepAlive: false,
  });
  server.maxRequestsPerSocket = 1;
  server.on("connection", (socket) => {
    const port = parts.connections.admit(socket);
    if (port === undefined) return;
    ports.set(socket, port);
    const life = parts.clock.setTimer(CONNECTION_LIFE_MS, () => socket.destroy());
    socket.on("close", () => life.cancel());
  });
  server.on("request", (request, response) => {
    const admitted = ports.get(request.socket);
    const port = admitted && parts.connections.current(request.socket, admitted);
    if (port === undefined) request.socket.destroy();
    else send(request, response, parts.answer(port, request), parts.name);
  });
  return server;
}

function send(request: IncomingMessage, response: ServerResponse, answer: GuestAnswer, name: string): void {
  response.writeHead(answer.status, {
    "content-type": answer.contentType,
    "content-length": answer.body.length,
    "cache-control": "no-store",
    server: name,
    connection: "close",
  });
  response.end(request.method === "HEAD" ? undefined : answer.body);
}
