import type { Clock } from "@contrail/clock";
import { ContrailError, wireStatus } from "@contrail/errors";
import { createHttpApp, leaveBodies } from "@contrail/runtime";
import { failureAnswer } from "../core/answer.ts";
import { callOf } from "../core/call-problem.ts";
import type { CallJournal } from "./call-journal.ts";
import type { Extension } from "./extension.ts";
import { inTime } from "./in-time.ts";
import { type RefusedCallers, requireCallerRole } from "./mutual-tls.ts";

const PAYLOAD_LIMIT_BYTES = 8 * 1024 * 1024;
/** The script gives up after 50 s: what it would not hear is not worth waiting for. */
const CALL_DEADLINE_MS = 45_000;

/** What the application gives its requests to. */
export interface ExtensionServices {
  readonly extension: Extension;
  readonly journal: CallJournal;
  readonly refused: RefusedCallers;
  readonly clock: Clock;
}

/** The application behind opencontrail.sh: `POST /extension/<command>` with the payload file; always a JSON object. */
export function createExtensionApp({ extension, journal, refused, clock }: ExtensionServices) {
  const app = createHttpApp({ bodyLimitBytes: PAYLOAD_LIMIT_BYTES });
  leaveBodies(app);
  requireCallerRole(app, refused);
  app.setErrorHandler((reason, request, reply) => {
    const { command = "" } = (request.params ?? {}) as { readonly command?: string }; // Of the one route.
    const known = ContrailError.from(reason);
    // A stranger is counted apart: he is not to fill the list of CloudStack's failures.
    const stranger = known.code === "cloudstack.permission_denied";
    const error = stranger ? known : journal.failed(callOf(command, fileOf(request.body)), reason);
    return reply.code(wireStatus(error.code).http).send(failureAnswer(error));
  });
  app.setNotFoundHandler((_request, reply) =>
    reply
      .code(404)
      .send(failureAnswer(new ContrailError("cloudstack.not_found", "POST /extension/<command> is wanted"))),
  );
  app.post<{ Params: { command: string } }>("/extension/:command", async (request) => {
    const { command } = request.params;
    const file = textOf(request.body);
    const answer = await inTime({ clock, ms: CALL_DEADLINE_MS, late }, (signal) =>
      extension.run(command, file, signal),
    );
    journal.done(callOf(command, file));
    return answer;
  });
  return app;
}

function textOf(body: unknown): string {
  if (!Buffer.isBuffer(body) || body.length === 0) {
    throw new ContrailError("cloudstack.bad_request", "the payload file is empty");
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(body);
  } catch {
    throw new ContrailError("cloudstack.bad_request", "the payload is not UTF-8");
  }
}

/** The text of whatever came, to see what a failed call was about. */
function fileOf(body: unknown): string {
  return Buffer.isBuffer(body) ? body.toString("utf8") : "";
}

/** What has begun goes on, and a repeated command finds it done; what still waits for its network is not begun. */
function late(): ContrailError {
  const message = `no end in ${CALL_DEADLINE_MS / 1_000} s; the same command may be sent again`;
  return new ContrailError("cloudstack.unavailable", message);
}
