import type { JsonObject, JsonValue } from "@contrail/schema";

/** The value as an object; an empty one where it is not. */
export function record(value: JsonValue | undefined): JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}

/** The value as a list; an empty one where it is not. */
export function list(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? value : [];
}

/** The value as a text; undefined where it is not. */
export function text(value: JsonValue | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** The texts of a list. */
export function texts(value: JsonValue | undefined): readonly string[] {
  return list(value).filter((item) => typeof item === "string");
}
