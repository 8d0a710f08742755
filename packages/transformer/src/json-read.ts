import { type JsonValue, list } from "@contrail/schema";

/** The value as a text; undefined where it is not. */
export function text(value: JsonValue | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** The texts of a list. */
export function texts(value: JsonValue | undefined): readonly string[] {
  return list(value).filter((item) => typeof item === "string");
}
