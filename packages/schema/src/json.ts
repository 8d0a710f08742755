/** JSON with 64-bit integers as bigint: no value passes through a lossy number. */
export type JsonValue = null | boolean | number | bigint | string | readonly JsonValue[] | JsonObject;

/** An object of JSON; a key whose value is undefined is not there. */
export interface JsonObject {
  readonly [key: string]: JsonValue | undefined;
}

/** What an integer that a number cannot hold has at least. Inside a string it costs time only. */
const MANY_DIGITS = /[0-9]{16}/;

/** Parses JSON; integers that a number cannot hold exactly become bigint. Throws SyntaxError. */
export function parseJson(text: string): JsonValue {
  if (!MANY_DIGITS.test(text)) return JSON.parse(text) as JsonValue; // Several times as fast.
  return JSON.parse(text, (_key, value: unknown, context?: { source?: string }) => {
    if (typeof value !== "number" || Number.isSafeInteger(value)) return value;
    const source = context?.source;
    return source !== undefined && /^-?[0-9]+$/.test(source) ? BigInt(source) : value;
  }) as JsonValue; // JSON.parse gives only what JsonValue lists.
}

/** Serialises; bigint as a plain integer; keys in the order that the object has them; undefined left out. */
export function stringifyJson(value: JsonValue): string {
  try {
    return JSON.stringify(value); // Several times as fast; it throws at the first bigint.
  } catch {
    return withIntegers(value);
  }
}

function withIntegers(value: JsonValue): string {
  return JSON.stringify(value, (_key, item: unknown) => (typeof item === "bigint" ? rawInteger(item) : item));
}

function rawInteger(value: bigint): unknown {
  // JSON.rawJSON is in Node 24; the standard library types of the compiler may not list it.
  return (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(value.toString());
}

/** Two values that differ at most in the order of their keys give the same text. */
export function canonicalText(value: JsonValue | undefined): string {
  return stringifyJson(sorted(value));
}

function sorted(value: JsonValue | undefined): JsonValue {
  if (value === undefined) return null;
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item: JsonValue) => sorted(item));
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return Object.fromEntries(entries.sort(([x], [y]) => (x < y ? -1 : 1)).map(([key, item]) => [key, sorted(item)]));
}
