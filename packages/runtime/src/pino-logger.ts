import type { LogFields, Logger } from "@contrail/observability";
import { type Logger as Pino, pino } from "pino";

export type LogLevel = "debug" | "info" | "warn" | "error" | "silent";

/** JSON lines on stderr. */
export function createLogger(service: string, level: LogLevel): Logger {
  return wrap(pino({ level, base: { service } }, pino.destination({ dest: 2, sync: true })));
}

function wrap(target: Pino): Logger {
  return {
    debug: (message, fields) => target.debug(fields ?? {}, message),
    info: (message, fields) => target.info(fields ?? {}, message),
    warn: (message, fields) => target.warn(fields ?? {}, message),
    error: (message, fields) => target.error(fields ?? {}, message),
    child: (fields: LogFields) => wrap(target.child(fields)),
  };
}
