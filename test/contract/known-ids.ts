import type { JsonObject, JsonValue } from "@contrail/schema";
import { fieldsOf } from "./stock-plugin-scenario.ts";

const ID = /<(\d+)>/g;
const UUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}";

/** What the ids of a scenario are on the server that it is played against: learnt from answers, else the client's own. */
export class KnownIds {
  readonly #ids = new Map<string, string>();

  /** A text with its ids filled in; one that no answer has given is the client's own, or stands for nothing. */
  fill(text: string): string {
    return text.replaceAll(ID, (_all, number: string) => this.#idOf(number));
  }

  fillAll(value: JsonValue): JsonValue {
    if (typeof value === "string") return this.fill(value);
    if (Array.isArray(value)) return value.map((item: JsonValue) => this.fillAll(item));
    if (typeof value !== "object" || value === null) return value;
    const fields = Object.entries(value as JsonObject).flatMap(([k, v]) => (v === undefined ? [] : [[k, v] as const]));
    return Object.fromEntries(fields.map(([key, item]) => [key, this.fillAll(item)]));
  }

  /** What an answer lacks, by path; ids that are new in what is expected are learnt from it. */
  missing(expected: JsonValue, actual: JsonValue | undefined, path: string): readonly string[] {
    if (actual === undefined) return [path];
    if (typeof expected === "string") return this.#fits(expected, actual) ? [] : [`${path} is not ${expected}`];
    if (Array.isArray(expected)) return this.#missingItems(expected, Array.isArray(actual) ? actual : [], path);
    if (typeof expected !== "object" || expected === null) return [];
    const fields = fieldsOf(actual);
    return Object.entries(expected as JsonObject).flatMap(([key, item]) =>
      item === undefined ? [] : this.missing(item, fields[key], `${path}.${key}`),
    );
  }

  #missingItems(expected: readonly JsonValue[], actual: readonly JsonValue[], path: string): readonly string[] {
    return expected.flatMap((item, index) => {
      const { to, fq_name, uuid } = fieldsOf(item);
      const name = to ?? fq_name ?? uuid;
      if (name === undefined) return this.missing(item, actual[index], `${path}[${index}]`);
      const key = to !== undefined ? "to" : fq_name !== undefined ? "fq_name" : "uuid";
      const found = actual.find((other) => this.missing(name, fieldsOf(other)[key], "").length === 0);
      return this.missing(item, found, `${path}[${Array.isArray(name) ? name.join(":") : String(name)}]`);
    });
  }

  #fits(expected: string, actual: JsonValue): boolean {
    if (typeof actual !== "string") return false;
    const learning: string[] = [];
    const escaped = expected.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
    const pattern = escaped.replaceAll(ID, (_all, number: string) => {
      const known = this.#ids.get(number);
      if (known !== undefined) return known;
      learning.push(number);
      return `(${UUID})`;
    });
    const found = new RegExp(`^${pattern}$`).exec(actual);
    if (found === null) return false;
    for (const [index, number] of learning.entries()) this.#ids.set(number, found[index + 1] ?? "");
    return true;
  }

  #idOf(number: string): string {
    const known = this.#ids.get(number);
    if (known !== undefined) return known;
    const made = `5c000000-0000-4000-8000-${number.padStart(12, "0")}`;
    this.#ids.set(number, made);
    return made;
  }
}
