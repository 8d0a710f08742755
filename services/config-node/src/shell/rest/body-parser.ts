import { ContrailError } from "@contrail/errors";
import { leaveBodies } from "@contrail/runtime";
import { type JsonValue, parseJson, stringifyJson, structureProblem } from "@contrail/schema";
import type { FastifyInstance } from "fastify";
import { bad } from "../../core/request-body.ts";

/** Nesting of a body; deeper ones are refused before they are parsed. */
const MAX_DEPTH = 64;

/**
 * Makes an application read JSON of any content type with 64-bit integers, and write it likewise. Bodies are parsed
 * when they are whole and read: a bad one is refused without closing the client's connection.
 */
export function useJsonBodies(app: FastifyInstance): void {
  leaveBodies(app);
  app.addHook("preValidation", (request, _reply, done) => {
    const body = request.body as Buffer | undefined; // leaveBodies() leaves it so.
    try {
      request.body = body === undefined || body.length === 0 ? undefined : parseBody(body);
      done();
    } catch (reason) {
      done(ContrailError.from(reason));
    }
  });
  app.setReplySerializer((payload) => stringifyJson(payload as JsonValue)); // Routes send nothing else.
}

/** Parses a body: UTF-8, at most 64 levels deep, every key of an object once. Throws "config.bad_request". */
export function parseBody(body: Uint8Array): JsonValue {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(body);
  } catch {
    throw bad("the body is not UTF-8");
  }
  const problem = structureProblem(text, MAX_DEPTH);
  if (problem !== undefined) throw bad(problem);
  try {
    return parseJson(text);
  } catch (reason) {
    throw bad(`the body is not JSON: ${ContrailError.from(reason).message.slice(0, 200)}`);
  }
}
