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

/** Keys as they stand in JSON, with their colon: those of the model, and some short ones that clients made up. */
const KEYS = new Map<string, string>();
const MAX_KEYS = 10_000;
const MAX_KEY = 64;

/**
 * Serialises; bigint as a plain integer; keys in the order that the object has them; undefined left out. By hand, because
 * every object of the model holds 64-bit integers, and JSON.stringify takes four times as long with a replacer.
 */
export function stringifyJson(value: JsonValue | undefined): string {
  switch (typeof value) {
    case "string":
      return JSON.stringify(value);
    case "bigint":
    case "boolean":
      return String(value);
    case "number":
      return Number.isFinite(value) ? String(value) : "null";
    case "object":
      if (value === null) return "null";
      return Array.isArray(value) ? listText(value) : objectText(value as JsonObject);
    default:
      return "null";
  }
}

function listText(list: readonly JsonValue[]): string {
  let text = "[";
  for (let index = 0; index < list.length; index++) text += (index === 0 ? "" : ",") + stringifyJson(list[index]);
  return `${text}]`;
}

function objectText(object: JsonObject): string {
  let text = "";
  for (const key of Object.keys(object)) {
    const value = object[key];
    if (value !== undefined) text += (text === "" ? "{" : ",") + keyText(key) + stringifyJson(value);
  }
  return text === "" ? "{}" : `${text}}`;
}

function keyText(key: string): string {
  const known = KEYS.get(key);
  if (known !== undefined) return known;
  const text = `${JSON.stringify(key)}:`;
  if (KEYS.size < MAX_KEYS && key.length <= MAX_KEY) KEYS.set(key, text);
  return text;
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
