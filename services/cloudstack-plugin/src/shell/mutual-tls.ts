import { readFileSync } from "node:fs";
import { createSecureContext, TLSSocket } from "node:tls";
import type { Clock } from "@contrail/clock";
import { ContrailError } from "@contrail/errors";
import type { Counter, Logger } from "@contrail/observability";
import { type Identity, peerFromSubjectAltName, peerUri, type Role } from "@contrail/pki";
import type { createHttpApp, HttpTls } from "@contrail/runtime";

/** Whose certificate is let in: CloudStack's management server. */
export const CALLER_ROLE: Role = "cloudstack";
/** Refusals are logged once in this time: strangers may knock as often as they like. */
const LOG_INTERVAL_MS = 60_000;

/** Callers that were refused since the start. */
export interface Refusals {
  readonly count: number;
  /** ISO time and reason of the last one; null: none yet. */
  readonly last: { readonly at: string; readonly reason: string } | null;
}

/** Counts callers without a certificate of ours, and tells one of them a minute. */
export class RefusedCallers {
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #counter: Counter;
  #state: Refusals = { count: 0, last: null };
  #loggedAtMs = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock, logger: Logger, counter: Counter) {
    this.#clock = clock;
    this.#logger = logger;
    this.#counter = counter;
  }

  get state(): Refusals {
    return this.#state;
  }

  refuse(why: "handshake" | "role", reason: string): void {
    this.#counter.add(1, { why });
    this.#state = { count: this.#state.count + 1, last: { at: new Date(this.#clock.wallMs()).toISOString(), reason } };
    const nowMs = this.#clock.monotonicMs();
    if (nowMs - this.#loggedAtMs < LOG_INTERVAL_MS) return;
    this.#loggedAtMs = nowMs;
    this.#logger.warn("a caller was refused", { why, reason, refused: this.#state.count });
  }
}

/** TLS 1.2 or later with certificates of one authority on both sides. Throws "settings.bad_request" naming a file. */
export function mutualTls(identity: Identity, refused: RefusedCallers): HttpTls {
  const options = {
    ca: readPem("ca-file", identity.caFile),
    cert: readPem("certificate-file", identity.certificateFile),
    key: readPem("key-file", identity.keyFile),
    minVersion: "TLSv1.2",
    requestCert: true,
    rejectUnauthorized: true,
  } as const;
  try {
    createSecureContext(options);
  } catch (reason) {
    const message = `--certificate-file, --key-file, --ca-file: ${ContrailError.from(reason).message}`;
    throw new ContrailError("settings.bad_request", message, { cause: reason });
  }
  return { options, onRefused: (reason) => refused.refuse("handshake", reason.message) };
}

/** Lets callers by TLS in only where their certificate has the role; those of the unix socket have none to show. */
export function requireCallerRole(app: ReturnType<typeof createHttpApp>, refused: RefusedCallers): void {
  app.addHook("onRequest", async (request) => {
    const { socket } = request.raw;
    if (!(socket instanceof TLSSocket)) return;
    const peer = peerFromSubjectAltName(socket.getPeerCertificate().subjectaltname ?? "");
    if (peer?.role === CALLER_ROLE) return;
    const shown = peer === undefined ? "nobody that we know" : peerUri(peer);
    const message = `the certificate names ${shown}, not the role ${CALLER_ROLE}; contrail ca makes one of that role`;
    refused.refuse("role", message);
    throw new ContrailError("cloudstack.permission_denied", message);
  });
}

function readPem(flag: string, file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (reason) {
    const message = `--${flag} ${file}: ${ContrailError.from(reason).message}`;
    throw new ContrailError("settings.bad_request", message, { cause: reason });
  }
}
