import type { Clock } from "@contrail/clock";
import { ContrailError, wireStatus } from "@contrail/errors";
import type { Counter, Logger } from "@contrail/observability";
import { createHttpApp } from "@contrail/runtime";
import { failureAnswer } from "../core/answer.ts";
import { commandOf } from "../core/command-list.ts";
import type { Extension } from "./extension.ts";

const PAYLOAD_LIMIT_BYTES = 8 * 1024 * 1024;
/** The script gives up after 50 s: what it would not hear is not worth waiting for. */
const CALL_DEADLINE_MS = 45_000;

/** The application behind opencontrail.sh: `POST /extension/<command>` with the payload file; always a JSON object. */
export function createExtensionApp(extension: Extension, clock: Clock, logger: Logger, calls: Counter) {
  const app = createHttpApp({ bodyLimitBytes: PAYLOAD_LIMIT_BYTES });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
  app.setErrorHandler((reason, request, reply) => {
    const error = ContrailError.from(reason);
    const known = reason instanceof Error && "statusCode" in reason ? Number(reason.statusCode) : undefined;
    const { command = "" } = (request.params ?? {}) as { readonly command?: string }; // Of the one route.
    const name = commandOf(command)?.name ?? "unknown";
    calls.add(1, { command: name, result: "failed" });
    logger.warn("a command of CloudStack failed", { command: name, code: error.code, reason: error.message });
    return reply.code(known ?? wireStatus(error.code).http).send(failureAnswer(error));
  });
  app.setNotFoundHandler((_request, reply) =>
    reply
      .code(404)
      .send(failureAnswer(new ContrailError("cloudstack.not_found", "POST /extension/<command> is wanted"))),
  );
  app.post<{ Params: { command: string } }>("/extension/:command", async (request) => {
    const { command } = request.params;
    const answer = await inTime(extension.run(command, textOf(request.body)), clock);
    calls.add(1, { command, result: "done" });
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

/** Rejects when the deadline passes; the work itself goes on, and a repeated command finds it done. */
async function inTime<T>(work: Promise<T>, clock: Clock): Promise<T> {
  const late = Promise.withResolvers<never>();
  const message = `no end in ${CALL_DEADLINE_MS / 1_000} s; the same command may be sent again`;
  const timer = clock.setTimer(CALL_DEADLINE_MS, () =>
    late.reject(new ContrailError("cloudstack.unavailable", message)),
  );
  return Promise.race([work, late.promise]).finally(() => timer.cancel());
}
