export { AskedWorker, type AskedWorkerOptions, type WorkerAnswer, type WorkerQuestion } from "./asked-worker.ts";
export { CertificateWatch, type WatchParts } from "./certificate-watch.ts";
export { ConcurrencyLimit } from "./concurrency-limit.ts";
export { type GuardedOptions, serveGuarded, serveIntrospect } from "./guarded-listener.ts";
export {
  createHttpApp,
  endpoints,
  type HttpBounds,
  type HttpListener,
  type HttpTls,
  leaveBodies,
  serveHttp,
} from "./http-server.ts";
export { createIntrospect, type IntrospectPage } from "./introspect.ts";
export { PageLink } from "./introspect-html.ts";
export { KeyedLock } from "./keyed-lock.ts";
export { isLoopback, loopbackEndpoint } from "./loopback-endpoint.ts";
export { inRange, type PageRange, pageRange } from "./page-range.ts";
export { createLogger, type LogLevel } from "./pino-logger.ts";
export { createMeter, type ScrapedMeter } from "./prom-meter.ts";
export { type RunningService, runService } from "./run-service.ts";
export { parseSettings } from "./settings.ts";
export { systemClock } from "./system-clock.ts";
