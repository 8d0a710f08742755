import type { JsonObject, JsonValue } from "@contrail/schema";

/** A complex value; an empty one for anything else, absent included. */
export function recordOf(value: JsonValue | undefined): JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}

/** A list of complex values; what is none of them is left out. */
export function listOf(value: JsonValue | undefined): readonly JsonObject[] {
  if (!Array.isArray(value)) return [];
  return (value as readonly JsonValue[]).filter(
    (item): item is JsonObject => typeof item === "object" && item !== null && !Array.isArray(item),
  );
}

/** A text that says something; undefined for anything else. */
export function textOf(value: JsonValue | undefined): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** A list of texts; what is no text is left out. */
export function textsOf(value: JsonValue | undefined): readonly string[] {
  return Array.isArray(value) ? (value as readonly JsonValue[]).flatMap((item) => textOf(item) ?? []) : [];
}

/** A number of the configuration that is usable; undefined for anything else, absent included. */
export function integerIn(value: JsonValue | undefined, first: number, last: number): number | undefined {
  const number = typeof value === "number" || typeof value === "bigint" ? Number(value) : Number.NaN;
  return Number.isInteger(number) && number >= first && number <= last ? number : undefined;
}

/** A list of usable numbers; what is none is left out. */
export function integersIn(value: JsonValue | undefined, first: number, last: number): readonly number[] {
  return Array.isArray(value)
    ? (value as readonly JsonValue[]).flatMap((item) => integerIn(item, first, last) ?? [])
    : [];
}
