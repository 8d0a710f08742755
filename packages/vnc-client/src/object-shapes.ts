import type { JsonObject, JsonValue } from "@contrail/schema";
import type { ObjectBase, ObjectTypes } from "./gen/objects.ts";
import type { Reference, StoredReference } from "./reference.ts";

/** The hyphenated names of the model's object types. */
export type ObjectTypeName = keyof ObjectTypes;

/**
 * A name as methods take it: one of the model, or a string that is known only at run time, whose objects are JsonObjects.
 * A literal that names no type is refused by the compiler.
 */
export type TypeName<T extends string> = string extends T ? T : T extends ObjectTypeName ? T : never;

/** Who an object is, as lists give it. */
export type ObjectIdentity = {
  readonly uuid: string;
  /** From the root down. */
  readonly fq_name: readonly string[];
  readonly href?: string;
};

/** An object to be created: its name decides its parent, whose type is needed where the model allows several. */
export type NewObject<T extends string> = T extends ObjectTypeName
  ? ObjectTypes[T]["written"] &
      ObjectBase & {
        readonly fq_name: readonly string[];
        /** Chosen by the server where absent. */
        readonly uuid?: string;
        readonly parent_type?: ObjectTypes[T]["parents"] | LegacyParent<T>;
      }
  : JsonObject;

/** The Juniper plugin's client of older times makes machines below their project. */
type LegacyParent<T> = T extends "virtual-machine" ? "project" : never;

/** What an update changes: what is given replaces, null clears, what is missing stays. */
export type ObjectChange<T extends string> = T extends ObjectTypeName
  ? Nullable<ObjectTypes[T]["written"] & ObjectBase>
  : JsonObject;

type Nullable<O> = { readonly [K in keyof O]?: O[K] | null };

/**
 * An object as a read gives it. A field that the model does not know is kept, and reached by taking the object as the
 * JsonObject that it is.
 */
export type StoredObject<T extends string> = T extends ObjectTypeName
  ? AsRead<ObjectTypes[T]["written"]> & AsRead<ObjectBase> & ObjectTypes[T]["incoming"] & StoredIdentity
  : JsonObject;

/** References have all of their parts. */
type AsRead<O> = {
  readonly [K in keyof O]: K extends `${string}_refs`
    ? NonNullable<O[K]> extends readonly Reference<infer Attribute>[]
      ? readonly StoredReference<Attribute>[] | undefined
      : O[K]
    : O[K];
};

type StoredIdentity = ObjectIdentity & {
  readonly name: string;
  readonly parent_type?: string;
  readonly parent_uuid?: string;
  readonly parent_href?: string;
};

/** Names of what a list can be asked for of each object: properties, references, back references, children. */
export type FieldName<T extends string> = T extends ObjectTypeName
  ? keyof (ObjectTypes[T]["written"] & ObjectTypes[T]["incoming"] & ObjectBase) & string
  : string;

/** An object of a list with the fields that were asked for. */
export type ListedObject<T extends string, F extends string> = T extends ObjectTypeName
  ? ObjectIdentity & Pick<StoredObject<T>, F & keyof StoredObject<T>>
  : JsonObject;

/** One object of the API. */
export type ObjectKey<T extends string = string> = { readonly type: T; readonly uuid: string };

/** The types that an object of a type may refer to. */
export type LinkTarget<F extends string, T extends string> = string extends T
  ? T
  : F extends ObjectTypeName
    ? Extract<T, keyof ObjectTypes[F]["links"]>
    : T;

/** What a reference carries. */
export type LinkAttribute<F extends string, T extends string> = F extends ObjectTypeName
  ? T extends keyof ObjectTypes[F]["links"]
    ? ObjectTypes[F]["links"][T] | null
    : JsonValue
  : JsonValue;
