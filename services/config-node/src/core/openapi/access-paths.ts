import type { JsonObject, JsonValue } from "@contrail/schema";
import { type OperationSketch, operation } from "./operation.ts";

const TEXT: JsonObject = { type: "string" };
const ANY_OBJECT: JsonObject = { type: "object" };
const REFUSALS = [400, 404, 409, 413, 503];
const SUBJECT: JsonObject = { name: "X-Subject-Token", in: "header", required: true, schema: TEXT };

type Sketch = Omit<OperationSketch, "id" | "tag" | "refusals">;

/** The paths of logins, users and API keys. */
export function accessPaths(): Record<string, JsonValue> {
  return {
    "/v3": { get: named("identity", { summary: "Version of the identity API", answer: ANY_OBJECT, isPublic: true }) },
    "/v3/auth/tokens": {
      post: named("log-in", {
        summary: "Log in by password or API key; the token is in X-Subject-Token",
        body: record({ auth: ANY_OBJECT }, ["auth"]),
        answer: record({ token: ANY_OBJECT }, ["token"]),
        answerStatus: 201,
        isPublic: true,
      }),
      get: named("validate-token", {
        summary: "What a token is for",
        ownParameters: [SUBJECT],
        answer: record({ token: ANY_OBJECT }, ["token"]),
      }),
      head: named("check-token", { summary: "Whether a token is valid", ownParameters: [SUBJECT] }),
      delete: named("log-out", { summary: "End a session", ownParameters: [SUBJECT], answerStatus: 204 }),
    },
    "/access/users": {
      get: named("list-users", { summary: "Users and their roles", answer: record({ users: listOf(ANY_OBJECT) }) }),
      post: named("add-user", {
        summary: "Add a user",
        body: record({ name: TEXT, password: TEXT, grants: listOf(ANY_OBJECT) }, ["name", "password", "grants"]),
        answer: record({ user: ANY_OBJECT }),
      }),
    },
    "/access/users/{name}": {
      parameters: [inPath("name")],
      delete: named("remove-user", { summary: "Remove a user with its keys and sessions" }),
    },
    "/access/users/{name}/password": {
      parameters: [inPath("name")],
      put: named("set-password", {
        summary: "Set a user's password; its sessions end",
        body: record({ password: TEXT }, ["password"]),
      }),
    },
    "/access/users/{name}/grants": {
      parameters: [inPath("name")],
      put: named("set-grants", {
        summary: "Give a user other roles; its sessions end",
        body: record({ grants: listOf(ANY_OBJECT) }, ["grants"]),
      }),
    },
    "/access/keys": {
      get: named("list-keys", {
        summary: "API keys, without their secrets",
        answer: record({ keys: listOf(ANY_OBJECT) }),
      }),
      post: named("add-key", {
        summary: "Make an API key; its secret is told here and never again",
        body: record({
          user: TEXT,
          project: TEXT,
          domain: TEXT,
          expires_in_s: { type: ["integer", "null"], minimum: 60 },
        }),
        answer: record({ key: ANY_OBJECT, secret: TEXT }),
      }),
    },
    "/access/keys/{id}": {
      parameters: [inPath("id")],
      delete: named("revoke-key", { summary: "Revoke an API key" }),
    },
  };
}

function record(properties: Record<string, JsonObject>, required: readonly string[] = []): JsonObject {
  return { type: "object", properties, ...(required.length === 0 ? {} : { required }) };
}

function listOf(items: JsonObject): JsonObject {
  return { type: "array", items };
}

function inPath(name: string): JsonObject {
  return { name, in: "path", required: true, schema: TEXT };
}

function named(name: string, sketch: Sketch): JsonObject {
  return operation({ id: name.replaceAll("-", "_"), tag: "access", refusals: REFUSALS, ...sketch });
}
