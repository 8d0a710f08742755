import { ApiError } from "./api-error.ts";
import type { Parameter, Parameters } from "./parameter.ts";

export type RawParameters = ReadonlyMap<string, string>;

const MAP_KEY = /^([a-z0-9]+)\[(\d+)\]\.?(.*)$/i;
/** Elements of a list, or numbered entries of a map, of one call. */
const MAX_ELEMENTS = 1_000;

/** The parameters of one call after their check: each by its name, in the type that the command declares. */
export class Values {
  readonly #command: string;
  readonly #parameters: Parameters;
  readonly #raw: RawParameters;

  /** Throws ApiError 431 at the first one that is missing or of no use, in the order of the declaration. */
  constructor(command: string, parameters: Parameters, raw: RawParameters) {
    this.#command = command.toLowerCase();
    this.#parameters = parameters;
    this.#raw = raw;
    for (const [name, { required }] of Object.entries(parameters)) if (required) this.#demand(name);
    for (const [name, parameter] of Object.entries(parameters)) this.#check(name, parameter);
  }

  has(name: string): boolean {
    return this.text(name) !== undefined;
  }

  /** undefined where absent or empty. */
  text(name: string): string | undefined {
    const value = this.#raw.get(name);
    return value === "" ? undefined : value;
  }

  /** A text that the declaration requires. */
  need(name: string): string {
    return this.text(name) ?? this.#missing(name);
  }

  integer(name: string): number | undefined {
    const value = this.text(name);
    return value === undefined ? undefined : Number(value);
  }

  flag(name: string): boolean | undefined {
    const value = this.text(name)?.toLowerCase();
    return value === undefined ? undefined : value === "true" || value === "1";
  }

  list(name: string): readonly string[] | undefined {
    return this.text(name)
      ?.split(",")
      .map((item) => item.trim())
      .filter((item) => item !== "");
  }

  /** The numbered entries of a map, in order of their numbers: tags[0].key=a, tags[0].value=b is [{key: a, value: b}]. */
  map(name: string): readonly Readonly<Record<string, string>>[] {
    const entries = new Map<number, Record<string, string>>();
    for (const [key, value] of this.#raw) {
      const [, base, index, rest] = MAP_KEY.exec(key) ?? [];
      if (base?.toLowerCase() !== name || rest === undefined) continue;
      const entry = entries.get(Number(index)) ?? {};
      entry[rest] = value;
      entries.set(Number(index), entry);
    }
    return [...entries].sort(([a], [b]) => a - b).map(([, entry]) => entry);
  }

  /** The entries of a map as one: details[0].a=1, details[1].b=2, and also details[0].key=a, details[0].value=1. */
  details(name: string): Readonly<Record<string, string>> {
    const all: Record<string, string> = {};
    for (const entry of this.map(name)) {
      const { key, value, ...others } = entry;
      if (key !== undefined) all[key] = value ?? "";
      else Object.assign(all, others, value === undefined ? {} : { value });
    }
    return all;
  }

  #demand(name: string): void {
    const isMap = this.#parameters[name]?.type === "map";
    if (isMap ? this.map(name).length === 0 : this.text(name) === undefined) this.#missing(name);
  }

  #missing(name: string): never {
    throw new ApiError(431, `Unable to execute API command ${this.#command} due to missing parameter ${name}`);
  }

  #check(name: string, { type }: Parameter): void {
    const value = this.text(name);
    const bad = (): never => {
      throw new ApiError(
        431,
        `Unable to execute API command ${this.#command} due to invalid value ${value} for parameter ${name}`,
      );
    };
    if (type === "map") {
      if (this.map(name).length > MAX_ELEMENTS) throw new ApiError(431, `more than ${MAX_ELEMENTS} entries of ${name}`);
      return;
    }
    if (value === undefined) return;
    if (type === "integer" && !(/^-?\d{1,10}$/.test(value) && Math.abs(Number(value)) < 2 ** 31)) bad();
    if (type === "long" && !/^-?\d{1,15}$/.test(value)) bad();
    if (type === "list" && (this.list(name) ?? []).length > MAX_ELEMENTS) bad();
    if (type === "string" && value.includes("\0")) bad();
  }
}

/** The text for a uuid that is none, or of nothing, or of another kind. */
export function noSuchEntity(command: string, name: string, value: string): ApiError {
  return new ApiError(
    431,
    `Unable to execute API command ${command.toLowerCase()} due to invalid value. Invalid parameter ${name} value=${value} due to incorrect long value format, or entity does not exist or due to incorrect parameter annotation for the field in api cmd class.`,
  );
}
