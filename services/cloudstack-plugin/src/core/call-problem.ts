import { ContrailError } from "@contrail/errors";
import { adviceFor } from "./advice.ts";
import type { Call, Problem } from "./call-history.ts";
import { commandOf } from "./command-list.ts";
import { parsePayload } from "./payload.ts";

const MAX_TEXT = 500;
const NUMBER = /^\d{1,19}$/;

/** Codes that a metric's label may have; any other is "internal". */
const CODES: ReadonlySet<string> = new Set([
  ...["bad_request", "conflict", "not_found", "permission_denied", "too_large", "unavailable", "unsupported"].map(
    (kind) => `cloudstack.${kind}`,
  ),
  ...[
    "bad_request",
    "conflict",
    "not_found",
    "permission_denied",
    "precondition_failed",
    "too_large",
    "unauthenticated",
  ]
    .concat("unavailable")
    .map((kind) => `vnc.${kind}`),
]);

/** What a call is about, from whatever came: a name from outside, and a payload that may be wrong. */
export function callOf(name: string, file: string): Call {
  const payload = objectIn(file);
  return {
    command: commandOf(name)?.name ?? "unknown",
    networkId: numberOf(payload.network_id),
    nicId: numberOf(payload.nic_id),
  };
}

/**
 * Any failure as one that may be told: of a fault inside nothing but its kind, since texts of the runtime quote what
 * was read, and that may be a password.
 */
export function tellable(reason: unknown): ContrailError {
  const error = ContrailError.from(reason);
  if (CODES.has(error.code)) {
    return new ContrailError(error.code, printable(error.message), { fields: error.fields, cause: reason });
  }
  const status = statusOf(reason) ?? 500;
  if (status === 413) {
    return new ContrailError("cloudstack.too_large", "the payload is larger than 8 MiB", { cause: reason });
  }
  if (status >= 400 && status < 500) {
    return new ContrailError("cloudstack.bad_request", "the request broke off or is no request", { cause: reason });
  }
  const kind = reason instanceof Error ? reason.name : typeof reason;
  return new ContrailError("internal", `a fault inside the plugin (${printable(kind)})`, { cause: reason });
}

/** The problem of a failed call; error: one that tellable gave. */
export function problemOf(call: Call, error: ContrailError, configSocket: string): Problem {
  return { code: error.code, text: error.message, next: adviceFor(call.command, error, configSocket) };
}

/** Where a fault happened: the frames of its stack, without its text. */
export function framesOf(reason: unknown): readonly string[] {
  if (!(reason instanceof Error)) return [];
  const { message, stack = "" } = reason;
  return stack
    .slice(stack.indexOf(message) + message.length)
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line.startsWith("at "))
    .slice(0, 10);
}

function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, " ").slice(0, MAX_TEXT);
}

function statusOf(reason: unknown): number | undefined {
  return reason instanceof Error && "statusCode" in reason ? Number(reason.statusCode) : undefined;
}

/** The payload of a file; a custom action has its fields at the top. */
function objectIn(file: string): Readonly<Record<string, unknown>> {
  try {
    const whole = recordOf(parsePayload(file));
    return Object.hasOwn(whole, "payload") ? recordOf(whole.payload) : whole;
  } catch {
    return {};
  }
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {}; // Any object is one.
}

function numberOf(value: unknown): string | undefined {
  const text = typeof value === "number" ? String(value) : value;
  return typeof text === "string" && NUMBER.test(text) ? text : undefined;
}
