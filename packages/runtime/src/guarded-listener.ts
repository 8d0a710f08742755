import { readFileSync } from "node:fs";
import { createSecureContext } from "node:tls";
import type { Clock } from "@contrail/clock";
import { ContrailError } from "@contrail/errors";
import type { Logger } from "@contrail/observability";
import type { FastifyInstance } from "fastify";
import { CertificateWatch } from "./certificate-watch.ts";
import { endpoints, type HttpBounds, type HttpListener, type HttpTls, serveHttp } from "./http-server.ts";
import { isLoopback } from "./loopback-endpoint.ts";

/** Where an application is served, and how it proves who it is where other machines reach it. */
export interface GuardedOptions {
  /** "address:port"; empty: none. */
  readonly listen: string;
  /** Path of a unix socket; empty: none. */
  readonly socket: string;
  /** PEM files; undefined: there are none, and only loopback and unix sockets are served. */
  readonly files: { readonly caFile: string; readonly certificateFile: string; readonly keyFile: string } | undefined;
  /** True: callers show a certificate of the same authority. */
  readonly mutual: boolean;
  /** What to do where there are no files: "set --pki-dir". */
  readonly advice: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly bounds?: HttpBounds;
}

/**
 * Serves an application plain on loopback and on a unix socket, and by TLS 1.2 or later on any other address, with the
 * certificate as it is on disk. Rejects with "settings.bad_request" where that is not there.
 */
export async function serveGuarded(app: FastifyInstance, options: GuardedOptions): Promise<HttpListener> {
  const { listen, socket, bounds } = options;
  if (listen === "" || isLoopback(listen)) return serveHttp(app, endpoints(listen, socket), bounds);
  const read = (): HttpTls["options"] => readTls(options);
  const onRefused = (reason: Error): void => options.logger.debug("handshake refused", { reason: reason.message });
  const tls = { options: read(), onRefused };
  const plain = socket === "" ? undefined : await serveHttp(app, endpoints("", socket), bounds);
  const secure = await serveHttp(app, [listen], bounds, tls).catch(async (reason: unknown) => {
    await plain?.close();
    throw reason;
  });
  const parts = { read, apply: secure.renewTls, clock: options.clock, logger: options.logger };
  const watch = new CertificateWatch(parts, tls.options);
  watch.start();
  return {
    endpoints: [...secure.endpoints, ...(plain?.endpoints ?? [])],
    renewTls: secure.renewTls,
    async close() {
      watch.stop();
      await Promise.all([secure.close(), plain?.close()]);
    },
  };
}

/** Serves introspect where a service's settings say: plain on loopback, elsewhere for holders of a certificate of our CA. */
export function serveIntrospect(
  app: FastifyInstance,
  settings: { readonly introspectListen: string; readonly introspectSocket: string },
  parts: Pick<GuardedOptions, "files" | "advice" | "clock" | "logger">,
): Promise<HttpListener> {
  const { introspectListen: listen, introspectSocket: socket } = settings;
  return serveGuarded(app, { ...parts, listen, socket, mutual: true });
}

function readTls({ files, listen, mutual, advice }: GuardedOptions): HttpTls["options"] {
  try {
    if (files === undefined) throw new Error("there is no certificate");
    const cert = readFileSync(files.certificateFile);
    const key = readFileSync(files.keyFile);
    const asked = mutual ? { ca: readFileSync(files.caFile), requestCert: true, rejectUnauthorized: true } : {};
    const options = { cert, key, minVersion: "TLSv1.2", ...asked } as const;
    createSecureContext(options);
    return options;
  } catch (reason) {
    const message = `${listen} is reached from other machines and needs TLS: ${ContrailError.from(reason).message}; ${advice}`;
    throw new ContrailError("settings.bad_request", message, { cause: reason });
  }
}
