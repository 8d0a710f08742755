import { type ConfigObject, type JsonObject, type JsonValue, list, record } from "@contrail/schema";

/** The entries of a list as objects; what is none of them is an empty one. */
export function records(value: JsonValue | undefined): readonly JsonObject[] {
  return list(value).map(record);
}

/** The name of an object: its fq_name joined by ':'. */
export function nameOf({ fqName }: Pick<ConfigObject, "fqName">): string {
  return fqName.join(":");
}

/** Objects by their names. */
export function byName(a: ConfigObject, b: ConfigObject): number {
  return nameOf(a) < nameOf(b) ? -1 : Number(nameOf(a) > nameOf(b));
}
