import { ContrailError } from "@contrail/errors";
import {
  type JsonObject,
  type JsonValue,
  objectType,
  objectTypes,
  parseJson,
  structureProblem,
} from "@contrail/schema";
import { parseAllDocuments } from "yaml";
import { suggestion } from "./nearest-name.ts";

/** An object as a file has it. */
export interface GivenObject {
  readonly type: string;
  readonly content: JsonObject;
  /** The file, where there are several. */
  readonly file?: string;
}

/** Nesting of a file. */
const MAX_DEPTH = 100;

/**
 * The objects of a text in YAML (one document or several) or JSON: `<type>: {…}`, `<type>: [{…}, …]`, lists of these, and
 * the API's own answers. Throws ContrailError "api.bad_request" that names file, line or key.
 */
export function readDocuments(text: string, file: string): readonly GivenObject[] {
  return values(text, file).flatMap((value) => objectsIn(value, file));
}

function values(text: string, file: string): readonly JsonValue[] {
  if (/^\s*[[{]/.test(text)) {
    try {
      const value = parseJson(text);
      const problem = structureProblem(text, MAX_DEPTH);
      if (problem !== undefined) throw bad(file, problem);
      return [value];
    } catch (reason) {
      // YAML has a form in braces too, and its parser names the line.
      if (!(reason instanceof SyntaxError)) throw reason;
    }
  }
  const documents = parseAllDocuments(text, { intAsBigInt: true });
  if ("empty" in documents) return [];
  return documents.flatMap((document) => {
    const [error] = document.errors;
    if (error !== undefined) throw bad(file, error.message.trimEnd());
    return document.contents === null ? [] : [plain(document.toJS({ maxAliasCount: 100 }), file)];
  });
}

/** Integers that a number holds as numbers; what JSON does not have is refused. */
function plain(value: unknown, file: string): JsonValue {
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number" && Number.isFinite(value)) return value;
  if (Array.isArray(value)) return value.map((item) => plain(item, file));
  if (typeof value !== "object" || Object.getPrototypeOf(value) !== Object.prototype) {
    throw bad(file, `${String(value)} is no value that the API takes`);
  }
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item, file)]));
}

function objectsIn(value: JsonValue, file: string): readonly GivenObject[] {
  if (value === null) return [];
  if (Array.isArray(value)) return value.flatMap((item: JsonValue) => objectsIn(item, file));
  if (typeof value !== "object") throw bad(file, `an object is wanted, as virtual-network: {…}, not ${String(value)}`);
  return Object.entries(value).flatMap(([key, content]) => objectsOfType(key, content ?? null, file));
}

function objectsOfType(key: string, content: JsonValue, file: string): readonly GivenObject[] {
  const type = objectType(key) ?? (key.endsWith("s") ? objectType(key.slice(0, -1)) : undefined);
  if (type === undefined) {
    const meant = suggestion(
      key,
      objectTypes().map(({ name }) => name),
    );
    const form = key === "fq_name" ? "; the object type is wanted around it, as virtual-network: {…}" : "";
    throw bad(file, `${key} is no object type${meant}${form}`);
  }
  const items = Array.isArray(content) ? (content as readonly JsonValue[]) : [content];
  return items.map((item) => {
    if (typeof item !== "object" || item === null || Array.isArray(item))
      throw bad(file, `${key}: an object is wanted`);
    const object = item as JsonObject; // Just checked.
    const inner = object[type.name];
    const isWrapped = Object.keys(object).length === 1 && typeof inner === "object" && inner !== null;
    return { type: type.name, content: isWrapped ? (inner as JsonObject) : object };
  });
}

function bad(file: string, text: string): ContrailError {
  return new ContrailError("api.bad_request", `${file}: ${text}`);
}
