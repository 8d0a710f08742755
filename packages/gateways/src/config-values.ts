import type { ConfigObject, JsonObject, JsonValue } from "@contrail/schema";

/** The value as an object; an empty one where it is not. */
export function record(value: JsonValue | undefined): JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}

/** The objects of a list; what is none of them is left out. */
export function records(value: JsonValue | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? (value as readonly JsonValue[]).map(record) : [];
}

/** The value as a text; undefined where it is none, or empty. */
export function text(value: JsonValue | undefined): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** A whole number within bounds; undefined for anything else. */
export function integerIn(value: JsonValue | undefined, first: number, last: number): number | undefined {
  const number = typeof value === "number" || typeof value === "bigint" ? Number(value) : Number.NaN;
  return Number.isInteger(number) && number >= first && number <= last ? number : undefined;
}

/** The name of an object: its fq_name joined by ':'. */
export function nameOf({ fqName }: Pick<ConfigObject, "fqName">): string {
  return fqName.join(":");
}

/** Objects by their names. */
export function byName(a: ConfigObject, b: ConfigObject): number {
  return nameOf(a) < nameOf(b) ? -1 : Number(nameOf(a) > nameOf(b));
}
