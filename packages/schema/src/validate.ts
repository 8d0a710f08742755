import { ContrailError } from "@contrail/errors";
import type { JsonObject, JsonValue } from "./json.ts";
import { type Property, struct } from "./model.ts";

/** Longest string value, in UTF-16 units; user data and keys fit. */
const MAX_STRING = 512 * 1024;
/** Nesting of a property's value. */
const MAX_DEPTH = 64;

/**
 * A property's value as it is kept: checked against the model, null fields of complex types left out.
 * Throws ContrailError "schema.bad_request" whose text names the field by its path.
 */
export function checkProperty(property: Property, value: JsonValue, path: string): JsonValue {
  return checkValue(property, value, path, 0);
}

function checkValue(property: Property, value: JsonValue, path: string, depth: number): JsonValue {
  if (depth > MAX_DEPTH) throw bad(path, "nested too deep");
  if (!property.list) return checkItem(property, value, path, depth);
  if (!Array.isArray(value)) throw bad(path, `a list is wanted, not ${kindOf(value)}`);
  return value.map((item: JsonValue, index) => checkItem(property, item, `${path}[${index}]`, depth));
}

function checkItem(property: Property, value: JsonValue, path: string, depth: number): JsonValue {
  switch (property.type) {
    case "string":
      return checkString(property, value, path);
    case "integer":
    case "uint64":
      return checkInteger(property, value, path);
    case "boolean":
      if (typeof value !== "boolean") throw bad(path, `true or false is wanted, not ${kindOf(value)}`);
      return value;
    default:
      return checkStruct(property.type, value, path, depth);
  }
}

function checkString(property: Property, value: JsonValue, path: string): JsonValue {
  if (typeof value !== "string") throw bad(path, `a string is wanted, not ${kindOf(value)}`);
  if (value.length > MAX_STRING) throw bad(path, `longer than ${MAX_STRING} characters`);
  if (!value.isWellFormed()) throw bad(path, "holds half of a surrogate pair");
  if (property.values !== undefined && !property.values.includes(value)) {
    throw bad(path, `${JSON.stringify(value.slice(0, 100))} is not one of ${property.values.join(", ")}`);
  }
  return value;
}

function checkInteger(property: Property, value: JsonValue, path: string): JsonValue {
  if (typeof value !== "bigint" && !(typeof value === "number" && Number.isInteger(value))) {
    throw bad(path, `an integer is wanted, not ${kindOf(value)}`);
  }
  if (value < -(2n ** 63n) || value >= 2n ** 64n) throw bad(path, "does not fit 64 bits");
  const { min, max } = property;
  if ((min !== undefined && value < min) || (max !== undefined && value > max)) {
    throw bad(path, `${value} is not in ${min ?? "…"} to ${max ?? "…"}`);
  }
  return value;
}

function checkStruct(type: string, value: JsonValue, path: string, depth: number): JsonValue {
  const fields = struct(type);
  if (fields === undefined) throw new Error(`the model names an unknown type ${type}`);
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw bad(path, `an object is wanted, not ${kindOf(value)}`);
  }
  const kept: Record<string, JsonValue> = {};
  for (const [name, item] of Object.entries(value as JsonObject)) {
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (field === undefined) throw bad(`${path}.${name.slice(0, 100)}`, `is no field of ${type}`);
    if (item !== null && item !== undefined) kept[name] = checkValue(field, item, `${path}.${name}`, depth + 1);
  }
  return kept;
}

function kindOf(value: JsonValue): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "an object" : `the ${typeof value} ${String(value).slice(0, 50)}`;
}

function bad(path: string, problem: string): ContrailError {
  return new ContrailError("schema.bad_request", `${path}: ${problem}`, { fields: { field: path } });
}
