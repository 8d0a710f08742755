import { baseProperties, type JsonObject, type JsonValue, objectType, type Struct, struct } from "@contrail/schema";

/** Whether a value of a complex type holds a uint64, by its name. */
const WIDE = new Map<string, boolean>();
/** Top-level properties that hold one, by object type. */
const WIDE_PROPERTIES = new Map<string, readonly (readonly [name: string, type: string])[]>();

/** An object with every value that the model calls uint64 as a bigint, small ones too: what a type says is then true. */
export function withWideIntegers(type: string, object: JsonObject): JsonObject {
  const changed: Record<string, JsonValue> = {};
  for (const [name, valueType] of widePropertiesOf(type)) {
    const value = object[name];
    if (value !== undefined) changed[name] = widened(valueType, value);
  }
  return { ...object, ...changed };
}

function widePropertiesOf(type: string): readonly (readonly [name: string, type: string])[] {
  const known = WIDE_PROPERTIES.get(type);
  if (known !== undefined) return known;
  const all = { ...baseProperties(), ...objectType(type)?.properties };
  const wide = Object.entries(all).flatMap(([name, property]) =>
    isWide(property.type) ? [[name, property.type] as const] : [],
  );
  WIDE_PROPERTIES.set(type, wide);
  return wide;
}

function isWide(type: string): boolean {
  if (type === "uint64") return true;
  const known = WIDE.get(type);
  if (known !== undefined) return known;
  WIDE.set(type, false); // A type that holds itself adds nothing.
  const wide = Object.values(struct(type) ?? {}).some((field) => isWide(field.type));
  WIDE.set(type, wide);
  return wide;
}

function widened(type: string, value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map((item: JsonValue) => widened(type, item));
  if (type === "uint64") return typeof value === "number" && Number.isInteger(value) ? BigInt(value) : value;
  const fields: Struct | undefined = struct(type);
  if (fields === undefined || typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value as JsonObject).map(([name, item]) => {
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
    return [name, field === undefined || item === undefined ? item : widened(field.type, item)] as const;
  });
  return Object.fromEntries(entries);
}
