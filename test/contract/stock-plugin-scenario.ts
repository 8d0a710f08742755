import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type JsonObject, type JsonValue, parseJson } from "@contrail/schema";

const DIRECTORY = join(dirname(fileURLToPath(import.meta.url)), "testdata/stock-plugins");

/** One request of a plugin and what it needs in answer. Ids stand as "<7>", the same number for the same id. */
export interface PluginCall {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  /** What the plugin sends of its own. */
  readonly body: JsonObject | undefined;
  /** Keys of a PUT that the plugin sends as it read them. */
  readonly back: readonly string[] | undefined;
  /** Fields that the answer must have at least: objects and lists as they are nested, 0 for a value. */
  readonly answer: JsonObject | undefined;
  /** The answer is as at the GET of this path before, but for these keys … */
  readonly change: JsonObject | undefined;
  /** … and without these. */
  readonly gone: readonly string[];
}

/** The calls that one operation of CloudStack makes, in order. */
export interface PluginOperation {
  readonly name: string;
  readonly calls: readonly PluginCall[];
}

/** The operations of a plugin in the order in which they were done; each builds on what those before it left. */
export function operationsOf(plugin: string): readonly PluginOperation[] {
  const files = readdirSync(DIRECTORY).filter((name) => name.startsWith(`${plugin}-`));
  return files.sort().map((name) => ({ name: name.replace(/\.json$/, ""), calls: readCalls(join(DIRECTORY, name)) }));
}

type Row = readonly [method: string, path: string, status: number, more?: JsonObject];

function readCalls(file: string): readonly PluginCall[] {
  const { calls } = parseJson(readFileSync(file, "utf8")) as unknown as { readonly calls: readonly Row[] }; // README.md.
  return calls.map(([method, path, status, more = {}]) => ({
    method,
    path,
    status,
    body: more.body as JsonObject | undefined,
    back: more.back as readonly string[] | undefined,
    answer: more.answer as JsonObject | undefined,
    change: more.change as JsonObject | undefined,
    gone: (more.gone ?? []) as readonly string[],
  }));
}

/** The fields and their texts of an object in JSON; of anything else none. */
export function fieldsOf(value: JsonValue | undefined): JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}
