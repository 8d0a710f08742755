import type { JsonObject, JsonValue } from "@contrail/schema";

const STATUS_TEXTS: Readonly<Record<number, string>> = {
  304: "the object is as the client has it",
  400: "the request is wrong; the text says what",
  401: "no token, or one that is unknown, over or revoked",
  403: "the caller may not, or the request comes from a page of another site",
  404: "there is no such type, object or name",
  409: "another object has the name or the uuid, something uses the object, or it is the system's",
  412: "the object is another one than If-Match says, or the quota is used up",
  413: "the body is too large",
  429: "too many requests: Retry-After says when to try again",
  503: "not now: try again",
};

/** What one operation of the interface takes and gives. */
export interface OperationSketch {
  readonly id: string;
  readonly tag: string;
  readonly summary: string;
  /** Names of parameters of the document. */
  readonly parameters?: readonly string[];
  /** It is for those who have no token yet. */
  readonly isPublic?: boolean;
  readonly ownParameters?: readonly JsonObject[];
  readonly body?: JsonObject;
  /** The answer may be empty too. */
  readonly mayBeEmpty?: boolean;
  /** Schema of the 200; undefined: an empty answer. */
  readonly answer?: JsonObject;
  readonly answerType?: string;
  /** Status of success; 200 where absent. */
  readonly answerStatus?: number;
  /** Statuses beside it and those that every operation has. */
  readonly refusals: readonly number[];
}

/** Refusals that every operation has. */
const ALWAYS = [401, 403, 429];

/** An operation as OpenAPI 3.1 writes it (section 4.8.10). */
export function operation(sketch: OperationSketch): JsonObject {
  const parameters = [
    ...(sketch.parameters ?? []).map((name) => ({ $ref: `#/components/parameters/${name}` })),
    ...(sketch.ownParameters ?? []),
  ];
  const content = (schema: JsonObject): JsonObject => ({ "application/json": { schema } });
  const nothing = { "text/plain": { schema: { type: "string", maxLength: 0 } } };
  const bodies = {
    ...(sketch.answer === undefined ? {} : { [sketch.answerType ?? "application/json"]: { schema: sketch.answer } }),
    ...(sketch.answer === undefined || sketch.mayBeEmpty === true ? nothing : {}),
  };
  const done = String(sketch.answerStatus ?? 200);
  const responses: Record<string, JsonValue> = { [done]: { description: "done", content: bodies } };
  for (const status of new Set([...ALWAYS, ...sketch.refusals]))
    responses[String(status)] = { $ref: `#/components/responses/${status}` };
  return {
    operationId: sketch.id,
    tags: [sketch.tag],
    summary: sketch.summary,
    ...(sketch.isPublic === true ? { security: [] } : {}),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(sketch.body === undefined ? {} : { requestBody: { required: true, content: content(sketch.body) } }),
    responses,
  };
}

/** The refusals that operations point to: their bodies are plain text. */
export function refusalResponses(): JsonObject {
  const text = { content: { "text/plain": { schema: { type: "string" } } } };
  const entries = Object.entries(STATUS_TEXTS).map(
    ([status, description]) => [status, status === "304" ? { description } : { description, ...text }] as const,
  );
  return Object.fromEntries(entries);
}
