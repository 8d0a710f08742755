import { filledText, integerIn, type JsonObject, type JsonValue, list } from "@contrail/schema";

/** A list of complex values; what is none of them is left out. */
export function listOf(value: JsonValue | undefined): readonly JsonObject[] {
  return list(value).filter(
    (item): item is JsonObject => typeof item === "object" && item !== null && !Array.isArray(item),
  );
}

/** A list of texts; what is no text is left out. */
export function textsOf(value: JsonValue | undefined): readonly string[] {
  return list(value).flatMap((item) => filledText(item) ?? []);
}

/** A list of usable numbers; what is none is left out. */
export function integersIn(value: JsonValue | undefined, first: number, last: number): readonly number[] {
  return list(value).flatMap((item) => integerIn(item, first, last) ?? []);
}
