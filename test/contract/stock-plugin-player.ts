import { type JsonObject, type JsonValue, parseJson, stringifyJson } from "@contrail/schema";
import { KnownIds } from "./known-ids.ts";
import { fieldsOf, type PluginCall, type PluginOperation } from "./stock-plugin-scenario.ts";

/** How long a plugin waits for what the system derives from what it has written, in ms. */
const PATIENCE_MS = 1_000;

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly json: JsonObject;
}

/**
 * Plays the calls of a stock plugin against a server, as its client does: ids are those that this server gave, and what
 * the plugin sends back is what this server answered, whole.
 */
export class StockPluginPlayer {
  readonly #base: string;
  readonly #ids = new KnownIds();
  /** Expected content of the last answer to a GET, by path. */
  readonly #expected = new Map<string, JsonObject>();
  /** Content of our last answer to a GET, by path. */
  readonly #read = new Map<string, JsonObject>();
  /** Calls that were made. */
  calls = 0;
  /** PUTs that sent an object back as it had been read. */
  unchangedPuts = 0;

  /** base: "http://127.0.0.1:8082". */
  constructor(base: string) {
    this.#base = base;
  }

  /** Makes the calls of one operation; gives what was not as the plugin needs it, one text a difference. */
  async play(operation: PluginOperation): Promise<readonly string[]> {
    const differences: string[] = [];
    for (const call of operation.calls) {
      this.calls++;
      for (const found of await this.#make(call)) {
        differences.push(`${operation.name}: ${call.method} ${call.path}: ${found}`);
      }
    }
    return differences;
  }

  async #make(call: PluginCall): Promise<readonly string[]> {
    const before = call.method === "PUT" ? await this.#entityTag(call.path) : "";
    const body = this.#bodyOf(call);
    const deadline = Date.now() + PATIENCE_MS;
    for (;;) {
      const answer = await this.#send(call.method, this.#ids.fill(call.path), body);
      const found = this.#compare(call, answer);
      if (found.length > 0 && isList(call) && Date.now() < deadline) continue;
      if (found.length > 0 || !isUnchanged(call)) return found;
      this.unchangedPuts++;
      return (await this.#entityTag(call.path)) === before ? [] : ["changed the object, though nothing was changed"];
    }
  }

  #compare(call: PluginCall, answer: Answer): readonly string[] {
    if (answer.status !== call.status) return [`${answer.status}, not ${call.status} ${answer.text.slice(0, 200)}`];
    const { expected, key } = this.#expectation(call);
    if (expected === undefined) return [];
    if (call.method === "GET" && key !== undefined) {
      this.#expected.set(call.path, expected);
      this.#read.set(call.path, fieldsOf(answer.json[key]));
    }
    return this.#ids.missing(expected, key === undefined ? answer.json : answer.json[key], key ?? "answer");
  }

  /** What an answer must hold, and the key below which it stands; no key for what is no object of the API. */
  #expectation(call: PluginCall): { expected: JsonObject | undefined; key: string | undefined } {
    const [only] = Object.entries(call.answer ?? {});
    if (call.change !== undefined) {
      const known = this.#expected.get(call.path);
      const merged = { ...known, ...call.change };
      for (const key of call.gone) merged[key] = undefined;
      return { expected: merged, key: this.#keyOf(call.path) };
    }
    if (only === undefined || call.path === "/fqname-to-id") return { expected: call.answer, key: undefined };
    const [key, content] = only;
    return Array.isArray(content)
      ? { expected: call.answer, key: undefined }
      : { expected: fieldsOf(content), key: key };
  }

  #keyOf(path: string): string {
    return path.split("/")[1] ?? "";
  }

  #bodyOf(call: PluginCall): JsonObject | undefined {
    if (call.body === undefined) return undefined;
    const body = fieldsOf(this.#ids.fillAll(call.body));
    if (call.back === undefined) return body;
    const read = this.#read.get(call.path) ?? {};
    const expected = this.#expected.get(call.path) ?? {};
    // What our server answers beyond the one that was recorded comes back too.
    const kept = Object.entries(read).filter(([key]) => call.back?.includes(key) || expected[key] === undefined);
    const key = this.#keyOf(call.path);
    return { [key]: { ...Object.fromEntries(kept), ...fieldsOf(body[key]) } };
  }

  async #entityTag(path: string): Promise<string> {
    const response = await fetch(this.#base + this.#ids.fill(path));
    await response.arrayBuffer();
    return response.headers.get("etag") ?? "";
  }

  async #send(method: string, path: string, body: JsonObject | undefined): Promise<Answer> {
    const init = body === undefined ? {} : { body: stringifyJson(body) };
    const headers = { "Content-Type": "application/json; charset=UTF-8" };
    const response = await fetch(this.#base + path, { method, headers, ...init });
    const text = await response.text();
    const isJson = response.headers.get("content-type")?.startsWith("application/json") === true && text !== "";
    const json: JsonValue = isJson ? parseJson(text) : {};
    return { status: response.status, text, json: fieldsOf(json) };
  }
}

/** What the system derives is looked for in lists. */
function isList({ method, path }: PluginCall): boolean {
  return method === "GET" && path.split("/").length === 2;
}

/** True for a PUT with nothing in it that had not been read. */
function isUnchanged({ method, body }: PluginCall): boolean {
  return method === "PUT" && Object.values(body ?? {}).every((content) => Object.keys(fieldsOf(content)).length === 0);
}
