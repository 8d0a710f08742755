import { type JsonObject, type JsonValue, stringifyJson } from "@contrail/schema";

const STEP = "  ";

/** JSON for people, as JSON.stringify(value, null, 2) gives it; 64-bit integers stay as they are. */
export function jsonLines(value: JsonValue, indent = ""): string {
  const inner = `${indent}${STEP}`;
  if (Array.isArray(value)) {
    const items = value.map((item: JsonValue) => `${inner}${jsonLines(item, inner)}`);
    return items.length === 0 ? "[]" : `[\n${items.join(",\n")}\n${indent}]`;
  }
  if (typeof value !== "object" || value === null) return stringifyJson(value);
  const object = value as JsonObject; // A list is above.
  const fields = Object.entries(object).flatMap(([key, item]) =>
    item === undefined ? [] : [`${inner}${JSON.stringify(key)}: ${jsonLines(item, inner)}`],
  );
  return fields.length === 0 ? "{}" : `{\n${fields.join(",\n")}\n${indent}}`;
}
