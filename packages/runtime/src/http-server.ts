import { chmodSync, chownSync, existsSync, mkdirSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { createServer as createSecureServer, type ServerOptions, Server as TlsServer } from "node:https";
import type { Socket } from "node:net";
import { dirname } from "node:path";
import { ContrailError } from "@contrail/errors";
import { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from "fastify";
import { connectionBound } from "./open-files.ts";
import { evictSilentCallers } from "./silent-callers.ts";

/** Bounds of a listener; each has a default. */
export interface HttpBounds {
  /** Time for the headers of a request, in ms; 10 s. */
  readonly headersTimeoutMs?: number;
  /** Time for a whole request, in ms; 30 s. */
  readonly requestTimeoutMs?: number;
  /** How long a connection may lie idle between requests, in ms; 2 min: clients keep one for all their calls. */
  readonly keepAliveTimeoutMs?: number;
  /**
   * Connections at a time; more are closed at once; 10,000, or fewer where the process may not have so many descriptors.
   * Of a full house those leave first that have not sent a request within a second.
   */
  readonly maxConnections?: number;
  /** Mode of unix sockets; 0o660. */
  readonly socketMode?: number;
  /** Number of the group of unix sockets; that of the process where absent. */
  readonly socketGroup?: number;
}

/** How a listener proves who it is, and whom it lets in. */
export interface HttpTls {
  readonly options: Pick<ServerOptions, "ca" | "cert" | "key" | "minVersion" | "requestCert" | "rejectUnauthorized">;
  /** Told of every caller that the handshake refuses. */
  readonly onRefused: (reason: Error) => void;
}

type AnyServer = Server | TlsServer;

const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;
const KEEP_ALIVE_TIMEOUT_MS = 120_000;
const MAX_CONNECTIONS = 10_000;
const SOCKET_MODE = 0o660;
/** Slow clients are looked for this often; they are cut off so much later at most. */
const CHECK_INTERVAL_MS = 1_000;
/** Body bound unless a service sets another. */
const BODY_LIMIT_BYTES = 1024 * 1024;

/** A Host that no name service was asked for. */
const ADDRESS = /^(localhost|[0-9.]+|\[[0-9a-f:.]+\])(:[0-9]+)?$/i;

export interface HttpAppOptions {
  readonly bodyLimitBytes?: number;
  /** Answers requests that fail before they reach a route: a path that is no path, or too long. */
  readonly explain?: (reason: FastifyError, request: FastifyRequest, reply: FastifyReply) => void;
}

/** Makes an application leave bodies of any content type as bytes; one without a body has none. */
export function leaveBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
}

/**
 * A fastify application with our bounds; bodies are left as bytes for the service's own parser where it adds one. A page
 * of another site in somebody's browser gets 403: on loopback nobody is asked for a password, and such a page is not
 * that somebody. No client but a browser sends an Origin (RFC 6454 section 7). A page that reached us under a name is one
 * of another site too: its owner can let his own name lead to 127.0.0.1.
 */
export function createHttpApp(options: HttpAppOptions = {}): FastifyInstance {
  const { explain } = options;
  const app = fastify({
    ...(explain === undefined ? {} : { frameworkErrors: explain }),
    bodyLimit: options.bodyLimitBytes ?? BODY_LIMIT_BYTES,
    routerOptions: { maxParamLength: 2_048, ignoreTrailingSlash: true, caseSensitive: true },
    exposeHeadRoutes: false,
    forceCloseConnections: true,
  });
  app.addHook("onRequest", async (request, reply) => {
    const { origin, host } = request.headers;
    if (origin === undefined) return;
    if (ADDRESS.test(host ?? "") && (origin === `http://${host}` || origin === `https://${host}`)) return;
    await reply.code(403).type("text/plain").serializer(String).send("pages of other sites may not call this server");
  });
  return app;
}

/** Listening endpoints of one application. */
export interface HttpListener {
  /** As given, with the port that was bound in place of 0. */
  readonly endpoints: readonly string[];
  /** Gives callers that come from now on another certificate, or asks them for one of another authority. Plain ones stay so. */
  renewTls(options: HttpTls["options"]): void;
  close(): Promise<void>;
}

/**
 * Serves one application on several endpoints: "host:port", or "unix:/path" (a stale socket file is removed, a
 * missing directory made).
 * Plain HTTP, for loopback and unix sockets, unless tls is given. Rejects with "http.unavailable" naming the endpoint that
 * cannot be bound.
 */
export async function serveHttp(
  app: FastifyInstance,
  endpoints: readonly string[],
  bounds: HttpBounds = {},
  tls?: HttpTls,
): Promise<HttpListener> {
  await app.ready();
  const servers: AnyServer[] = [];
  const bound: string[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(servers.map(closeServer));
    await app.close();
  };
  for (const endpoint of endpoints) {
    const server = createBounded(bounds, tls);
    server.on("request", (request, response) => app.routing(request, response));
    try {
      bound.push(await listen(server, endpoint, bounds));
      servers.push(server);
    } catch (reason) {
      await close();
      const message = `cannot listen on ${endpoint}: ${ContrailError.from(reason).message}`;
      throw new ContrailError("http.unavailable", message, { cause: reason });
    }
  }
  const renewTls = (options: HttpTls["options"]): void => {
    for (const server of servers) if (server instanceof TlsServer) server.setSecureContext(options);
  };
  return { endpoints: bound, renewTls, close };
}

function createBounded(bounds: HttpBounds, tls: HttpTls | undefined): AnyServer {
  const options = {
    requestTimeout: bounds.requestTimeoutMs ?? REQUEST_TIMEOUT_MS,
    headersTimeout: bounds.headersTimeoutMs ?? HEADERS_TIMEOUT_MS,
    keepAliveTimeout: bounds.keepAliveTimeoutMs ?? KEEP_ALIVE_TIMEOUT_MS,
    connectionsCheckingInterval: CHECK_INTERVAL_MS,
  };
  const server = tls === undefined ? createServer(options) : createSecure(options, tls);
  server.maxConnections = connectionBound(bounds.maxConnections ?? MAX_CONNECTIONS);
  evictSilentCallers(server);
  return server;
}

/** Closing ends connections whose handshake has not ended too: closeAllConnections does not know them. */
function createSecure(options: ServerOptions & { headersTimeout: number }, tls: HttpTls): TlsServer {
  const server = createSecureServer({ ...options, ...tls.options, handshakeTimeout: options.headersTimeout });
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  server.on("tlsClientError", tls.onRefused);
  const closeAll = server.closeAllConnections.bind(server);
  server.closeAllConnections = () => {
    closeAll();
    for (const socket of sockets) socket.destroy();
  };
  return server;
}

/** Makes the last part of a path: one whose earlier parts are missing is a mistake in the settings. */
function makeDirectory(path: string): void {
  if (!existsSync(path)) mkdirSync(path);
}

function listen(server: AnyServer, endpoint: string, { socketMode, socketGroup }: HttpBounds): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    if (endpoint.startsWith("unix:")) {
      const path = endpoint.slice("unix:".length);
      makeDirectory(dirname(path));
      rmSync(path, { force: true });
      server.listen(path, () => {
        try {
          if (socketGroup !== undefined) chownSync(path, -1, socketGroup);
          chmodSync(path, socketMode ?? SOCKET_MODE);
          resolve(endpoint);
        } catch (reason) {
          server.close();
          reject(reason);
        }
      });
      return;
    }
    const colon = endpoint.lastIndexOf(":");
    const host = endpoint.slice(0, colon).replace(/^\[(.*)\]$/, "$1");
    server.listen(Number(endpoint.slice(colon + 1)), host, () => {
      const address = server.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      resolve(`${endpoint.slice(0, colon)}:${port}`);
    });
  });
}

/** The endpoints of a listener's two settings, an address with its port and the path of a unix socket; empty: none. */
export function endpoints(listen: string, socket: string): string[] {
  return [...(listen === "" ? [] : [listen]), ...(socket === "" ? [] : [`unix:${socket}`])];
}

function closeServer(server: AnyServer): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
