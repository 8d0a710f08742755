import { type JsonObject, type JsonValue, stringifyJson } from "@contrail/schema";
import type { Change } from "./difference.ts";
import { canonical } from "./server-values.ts";

/** Characters of a value on a line. */
const LONGEST = 100;

/** The lines of a change: one a leaf that differs, by its path; one a reference that comes, goes or differs. */
export function changeLines({ key, before, after }: Change): readonly string[] {
  return key.endsWith("_refs") ? referenceLines(key, before, after) : leafLines(key, before, after);
}

function leafLines(path: string, before: JsonValue | undefined, after: JsonValue | undefined): readonly string[] {
  if (canonical(before) === canonical(after)) return [];
  if (before === undefined || before === null) return [`+ ${path}: ${valueText(after)}`];
  if (after === undefined || after === null) return [`- ${path}: ${valueText(before)}`];
  if (Array.isArray(before) && Array.isArray(after)) {
    const [old, young] = [before as readonly JsonValue[], after as readonly JsonValue[]];
    const longer = old.length > young.length ? old : young;
    return longer.flatMap((_, index) => leafLines(`${path}[${index}]`, old[index], young[index]));
  }
  if (isObject(before) && isObject(after)) {
    const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return names.flatMap((name) => leafLines(`${path}.${name}`, before[name], after[name]));
  }
  return [`~ ${path}: ${valueText(before)} → ${valueText(after)}`];
}

function referenceLines(key: string, before: JsonValue | undefined, after: JsonValue | undefined): readonly string[] {
  const [old, young] = [byTarget(before), byTarget(after)];
  const lines: string[] = [];
  for (const [target, attr] of young) {
    if (!old.has(target)) lines.push(`+ ${key}: ${target}${attr === undefined ? "" : ` ${valueText(attr)}`}`);
    else lines.push(...leafLines(`${key} ${target}`, old.get(target), attr));
  }
  for (const target of old.keys()) if (!young.has(target)) lines.push(`- ${key}: ${target}`);
  return lines;
}

function byTarget(value: JsonValue | undefined): ReadonlyMap<string, JsonValue | undefined> {
  const list = Array.isArray(value) ? (value as readonly JsonObject[]) : []; // A change's references are objects.
  return new Map(list.map(({ to, attr }) => [Array.isArray(to) ? to.join(":") : String(to), attr]));
}

function valueText(value: JsonValue | undefined): string {
  const text = stringifyJson(value ?? null);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
