import type { ConfigObject } from "./config-object.ts";
import type { JsonValue } from "./json.ts";
import { baseProperties, type ObjectType, objectType, type Property, type Struct, struct } from "./model.ts";

/** Where types are looked up. */
export interface ModelTables {
  readonly objectType: (name: string) => ObjectType | undefined;
  readonly struct: (name: string) => Struct | undefined;
}

/** A part of an object that a minor version of the model does not have: its path, and the version that brought it. */
export interface NewerPart {
  readonly path: string;
  readonly since: number;
}

/** The first part of an object that came after a minor version of the model; undefined where there is none. */
export function newerPart(
  { type: name, properties, refs }: Pick<ConfigObject, "type" | "properties" | "refs">,
  minor: number,
  tables: ModelTables = { objectType, struct },
): NewerPart | undefined {
  const type = tables.objectType(name);
  if (type === undefined) return undefined;
  if (isNewer(type, minor)) return { path: name, since: type.since };
  const base = baseProperties();
  for (const [key, value] of Object.entries(properties)) {
    const property = type.properties[key] ?? base[key];
    const found = value === undefined ? undefined : newerValue(property, value, key, minor, tables);
    if (found !== undefined) return found;
  }
  for (const { toType, attr } of refs) {
    const link = type.links.find(({ to }) => to === toType);
    const path = `${toType.replaceAll("-", "_")}_refs`;
    if (link !== undefined && isNewer(link, minor)) return { path, since: link.since };
    const attribute = link?.attribute === undefined ? undefined : { type: link.attribute };
    const found = newerValue(attribute, attr, `${path}.attr`, minor, tables);
    if (found !== undefined) return found;
  }
  return undefined;
}

function newerValue(
  property: Property | undefined,
  value: JsonValue,
  path: string,
  minor: number,
  tables: ModelTables,
): NewerPart | undefined {
  if (property === undefined || value === null) return undefined;
  if (isNewer(property, minor)) return { path, since: property.since };
  const fields = tables.struct(property.type);
  if (fields === undefined || typeof value !== "object") return undefined;
  // A list of a complex type has its elements, each with the fields of the type.
  const items = Array.isArray(value) ? (value as readonly JsonValue[]) : [value];
  for (const item of items) {
    if (typeof item !== "object" || item === null) continue;
    for (const [key, field] of Object.entries(item)) {
      const known = Object.hasOwn(fields, key) ? fields[key] : undefined;
      const found = newerValue(known, field ?? null, `${path}.${key}`, minor, tables);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

function isNewer<T extends { readonly since?: number }>(part: T, minor: number): part is T & { since: number } {
  return part.since !== undefined && part.since > minor;
}
