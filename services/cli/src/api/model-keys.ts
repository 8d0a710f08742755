import { baseProperties, type Link, type ObjectType, objectTypes, type Property, underscored } from "@contrail/schema";

/** What a key of an object stands for. */
export type KeyMeaning =
  | { readonly kind: "property"; readonly property: Property; readonly isFixed: boolean }
  | { readonly kind: "references"; readonly link: Link }
  /** The server's: shown by reads, never taken. */
  | { readonly kind: "read-only" }
  /** Identity, children, back references: part of what a read gives, and derived from other things. */
  | { readonly kind: "derived" }
  | { readonly kind: "unknown" };

const IDENTITY = new Set(["uuid", "fq_name", "parent_type"]);
const DERIVED = new Set(["name", "href", "parent_uuid", "parent_href", "configuration_version"]);
/** Of the base's properties the model calls these the system's; a client may set parts of them all the same. */
const PERMISSIONS = new Set(["id_perms", "perms2"]);

const MEANINGS = new Map<string, ReadonlyMap<string, KeyMeaning>>();

/** What a key of an object of a type stands for. */
export function meaningOf(type: ObjectType, key: string): KeyMeaning {
  return meaningsOf(type).get(key) ?? { kind: "unknown" };
}

/** Keys that a file may have for an object of a type. */
export function writableKeys(type: ObjectType): readonly string[] {
  const taken = [...meaningsOf(type)].filter(([, { kind }]) => kind === "property" || kind === "references");
  return [...IDENTITY, ...taken.map(([key]) => key)];
}

/** Keys under which a read shows the children of a type's objects. */
export function childKeys(type: ObjectType): readonly string[] {
  return objectTypes().flatMap(({ name, parents }) => (isBelow(name, parents, type) ? [`${underscored(name)}s`] : []));
}

/** Keys under which a read shows who refers to an object, with the referrers' types. */
export function backReferenceKeys(type: ObjectType): readonly (readonly [key: string, type: string])[] {
  return objectTypes()
    .filter(({ links }) => links.some(({ to }) => to === type.name))
    .map(({ name }) => [`${underscored(name)}_back_refs`, name] as const);
}

/** The child types of a type. */
export function childTypes(type: ObjectType): readonly string[] {
  return objectTypes().flatMap(({ name, parents }) => (isBelow(name, parents, type) ? [name] : []));
}

/** Machines of the Juniper plugin are below their project. */
function isBelow(name: string, parents: readonly string[], type: ObjectType): boolean {
  return parents.includes(type.name) || (name === "virtual-machine" && type.name === "project");
}

function meaningsOf(type: ObjectType): ReadonlyMap<string, KeyMeaning> {
  const known = MEANINGS.get(type.name);
  if (known !== undefined) return known;
  const made = new Map<string, KeyMeaning>();
  for (const key of childKeys(type)) made.set(key, { kind: "derived" });
  for (const [key] of backReferenceKeys(type)) made.set(key, { kind: "derived" });
  for (const [key, property] of Object.entries({ ...baseProperties(), ...type.properties })) {
    made.set(key, propertyMeaning(key, property));
  }
  for (const link of type.links) made.set(`${underscored(link.to)}_refs`, { kind: "references", link });
  for (const key of [...IDENTITY, ...DERIVED]) made.set(key, { kind: "derived" });
  MEANINGS.set(type.name, made);
  return made;
}

function propertyMeaning(key: string, property: Property): KeyMeaning {
  const { presence, operations } = property;
  const isServers = presence === "system-only" || presence === "service" || operations === "R";
  if (isServers && !PERMISSIONS.has(key)) return { kind: "read-only" };
  return { kind: "property", property, isFixed: operations === "CR" };
}
