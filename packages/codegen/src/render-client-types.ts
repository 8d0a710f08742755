import type { Link, ObjectType, Property, Struct } from "@contrail/schema";
import type { Model } from "./read-model.ts";

const HEAD = `// Generated from proto/opencontrail/schema by packages/codegen: do not edit. Run: npm run generate
import type { StoredReference, ChildReference, Reference } from "../reference.ts";
`;
/** Keys of every object that are its identity, or the server's alone: the client's own types have them. */
const IDENTITY = new Set(["uuid", "fq_name", "name", "href", "parent_type", "parent_uuid", "configuration_version"]);
const SCALARS: Readonly<Record<string, string>> = {
  string: "string",
  integer: "number",
  uint64: "bigint",
  boolean: "boolean",
};

/**
 * The source of packages/vnc-client/src/gen/objects.ts: a type for each complex type and for what clients write of each
 * object, and a map from the names of object types to them. Type aliases, so that each is a JsonObject too.
 */
export function renderClientTypes(model: Model): string {
  const names = Object.keys(model.objectTypes);
  const taken = new Set(Object.keys(model.structs));
  for (const name of names) {
    if (taken.has(pascalCase(name))) throw new Error(`two types would be named ${pascalCase(name)}`);
    taken.add(pascalCase(name));
  }
  const { ObjectBase = {}, ...structs } = model.structs;
  return [
    HEAD,
    ...Object.entries(structs).map(([name, fields]) => alias(name, properties(fields))),
    alias("ObjectBase", properties(without(ObjectBase, IDENTITY))),
    ...Object.values(model.objectTypes).map((type) => alias(pascalCase(type.name), objectLines(type))),
    `export interface ObjectTypes {\n${names.map((name) => entry(name, model)).join("")}}\n`,
  ].join("\n");
}

function alias(name: string, lines: readonly string[]): string {
  return `export type ${name} = {\n${lines.map((line) => `  ${line}\n`).join("")}};\n`;
}

function properties(fields: Struct): string[] {
  return Object.entries(fields).map(([name, property]) => member(name, typeOf(property)));
}

/** Properties, and lists of references by their JSON names. */
function objectLines({ properties: own, links }: ObjectType): string[] {
  const lists = links.map((link) =>
    member(`${underscored(link.to)}_refs`, `readonly Reference<${attributeOf(link)}>[]`),
  );
  return [...properties(own), ...lists];
}

/** A row of the map: what clients write, what reads add, attributes by the targets' names, names of parents. */
function entry(name: string, model: Model): string {
  const type = model.objectTypes[name];
  const links = (type?.links ?? []).map((link) => `readonly ${JSON.stringify(link.to)}: ${attributeOf(link)}`);
  const parents = (type?.parents ?? []).map((parent) => JSON.stringify(parent));
  const lines = [
    `readonly written: ${pascalCase(name)};`,
    `readonly incoming: { ${incoming(name, model).join(" ")} };`,
    `readonly links: { ${links.join("; ")} };`,
    `readonly parents: ${parents.length === 0 ? "never" : parents.join(" | ")};`,
  ];
  return `  readonly ${JSON.stringify(name)}: {\n${lines.map((line) => `    ${line}\n`).join("")}  };\n`;
}

/** Lists of children and of objects that refer to the type, as reads show them. */
function incoming(name: string, { objectTypes }: Model): string[] {
  const all = Object.values(objectTypes);
  const children = all.filter(({ parents }) => parents.includes(name));
  const lists = children.map((child) => member(`${underscored(child.name)}s`, "readonly ChildReference[]"));
  const referrers = all.flatMap(({ name: from, links }) =>
    links
      .filter(({ to }) => to === name)
      .map((link) => member(`${underscored(from)}_back_refs`, `readonly StoredReference<${attributeOf(link)}>[]`)),
  );
  return [...lists, ...referrers];
}

function typeOf({ type, list, values }: Property): string {
  const allowed = values?.map((value) => JSON.stringify(value)).join(" | ");
  const item = allowed ?? SCALARS[type] ?? type;
  if (list !== true) return item;
  return allowed === undefined ? `readonly ${item}[]` : `readonly (${item})[]`;
}

function attributeOf({ attribute }: Link): string {
  return attribute ?? "null";
}

function member(name: string, type: string): string {
  const key = /^[A-Za-z_]\w*$/.test(name) ? name : JSON.stringify(name);
  return `readonly ${key}?: ${type};`;
}

/** "virtual-DNS-record" as "VirtualDNSRecord". */
function pascalCase(name: string): string {
  return name.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());
}

function underscored(name: string): string {
  return name.replaceAll("-", "_");
}

function without(fields: Struct, keys: ReadonlySet<string>): Struct {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !keys.has(name)));
}
