import { ContrailError } from "@contrail/errors";

const HTTP = /^http:/i;
const HTTPS = /^https:/i;

/** By what the operating system or TLS said: what to do about it. */
const UNREACHED: readonly (readonly [what: RegExp, next: (url: string) => string])[] = [
  [/EPROTO|wrong version number|packet length too long/i, (url) => `it speaks no TLS; ${url.replace(HTTPS, "http:")}?`],
  [
    /ECONNREFUSED/,
    () => "nobody listens there: is the management server up, and the port right (8080; with TLS 8443)?",
  ],
  [/ENOTFOUND|EAI_AGAIN/, () => "the host's name is not known here: is the URL right?"],
  [/CERT|certificate/i, () => "give the certificate of its authority by --ca-file"],
  [/ECONNRESET|socket hang up|HPE_|Parse Error/i, (url) => (HTTP.test(url) ? `${url.replace(HTTP, "https:")}?` : "")],
];

const ADMIN = "the keys of a root administrator are needed, and CloudStack 4.23 or later";
const KEYS = "are key and secret whole, of this CloudStack, and is this machine's clock right?";

/** An error of CloudStack's API with what a person does next; others as they are. url: as it was given. */
export function withNextStep(reason: unknown, url: string): ContrailError {
  const error = ContrailError.from(reason);
  const next = nextStep(error, url);
  if (next === "") return error;
  return new ContrailError(error.code, `${error.message}; ${next}`, { fields: error.fields, cause: error });
}

function nextStep(error: ContrailError, url: string): string {
  switch (error.code) {
    case "cloudstack.unavailable": {
      const said = [error.message, ...causes(error.cause)].join(" ");
      return UNREACHED.find(([what]) => what.test(said))?.[1](url) ?? "";
    }
    case "cloudstack.not_available":
    case "cloudstack.permission_denied":
      return ADMIN;
    case "cloudstack.unauthenticated":
      return KEYS;
    default:
      return "";
  }
}

/** Codes and words of what was below: of several addresses that were tried, of all. */
function causes(cause: unknown): readonly string[] {
  if (!(cause instanceof Error)) return [];
  const code = "code" in cause ? String(cause.code) : "";
  const several = cause instanceof AggregateError ? cause.errors.flatMap(causes) : [];
  return [code, cause.message, ...several];
}
