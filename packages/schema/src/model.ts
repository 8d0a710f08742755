import { OBJECT_TYPES, STRUCTS } from "./gen/model.ts";

/** One object type of the VNC API, as the model table has it. */
export interface ObjectType {
  /** Hyphenated: "virtual-network", "virtual-DNS". */
  readonly name: string;
  /** Hyphenated types that may be its parent; "config-root" is the root; empty where it has none. */
  readonly parents: readonly string[];
  readonly properties: Readonly<Record<string, Property>>;
  readonly links: readonly Link[];
  /** Minor version of the model that brought it; absent: the first one. */
  readonly since?: number;
}

/** A property of an object type, or a field of a complex type. */
export interface Property {
  /** "string", "integer", "uint64", "boolean", or the name of a complex type. */
  readonly type: string;
  readonly list?: boolean;
  readonly presence?: string;
  /** Operations, of CRUD, in which a client may give it; all where absent. */
  readonly operations?: string;
  /** Elements can be changed one by one. */
  readonly collection?: "list" | "map";
  readonly mapKey?: string;
  readonly defaultJson?: string;
  /** Allowed values of a string. */
  readonly values?: readonly string[];
  readonly min?: number;
  readonly max?: number;
  /** Minor version of the model that brought it; absent: the first one. */
  readonly since?: number;
}

/** References from one object type to another. */
export interface Link {
  /** Hyphenated type of the target. */
  readonly to: string;
  /** Complex type of the attribute; absent where the link has none. */
  readonly attribute?: string;
  readonly derived?: boolean;
  /** Minor version of the model that brought it; absent: the first one. */
  readonly since?: number;
}

/** Fields of a complex type by their JSON names. */
export type Struct = Readonly<Record<string, Property>>;

/** The object type of a hyphenated name; undefined where there is none. */
export function objectType(name: string): ObjectType | undefined {
  return Object.hasOwn(OBJECT_TYPES, name) ? OBJECT_TYPES[name] : undefined;
}

/** All object types, by name ascending. */
export function objectTypes(): readonly ObjectType[] {
  return Object.values(OBJECT_TYPES);
}

/** The fields of a complex type; undefined for a scalar type. */
export function struct(name: string): Struct | undefined {
  return Object.hasOwn(STRUCTS, name) ? STRUCTS[name] : undefined;
}

/** Properties that every object has (id_perms, perms2, display_name, annotations, …). */
export function baseProperties(): Struct {
  return struct("ObjectBase") ?? {};
}

/** The name of a type in JSON keys: "virtual_network". */
export function underscored(type: string): string {
  return type.replaceAll("-", "_");
}
