import type { JsonObject, JsonValue } from "./json.ts";

/** The value as an object; an empty one where it is not, absent included. */
export function record(value: JsonValue | undefined): JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}

/** The value as a list; an empty one where it is not. */
export function list(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? value : [];
}

/** A text that says something; undefined for anything else, the empty one included. */
export function filledText(value: JsonValue | undefined): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** A whole number within bounds; undefined for anything else. */
export function integerIn(value: JsonValue | undefined, first: number, last: number): number | undefined {
  const number = typeof value === "number" || typeof value === "bigint" ? Number(value) : Number.NaN;
  return Number.isInteger(number) && number >= first && number <= last ? number : undefined;
}
