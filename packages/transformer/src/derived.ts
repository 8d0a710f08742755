import type { JsonObject, JsonValue } from "@contrail/schema";

/** Type and name of a derived object: it is unique by them, and its UUID follows from them. */
export interface DerivedName {
  readonly type: string;
  readonly fqName: readonly string[];
}

/** An object that the transformer wants. */
export interface DerivedObject extends DerivedName {
  /** Undefined: it has no parent; otherwise the parent's name is fqName without its last part. */
  readonly parentType: string | undefined;
  readonly refs: readonly DerivedReference[];
  readonly properties: JsonObject;
}

/** A reference by name: the object may not have a uuid yet. */
export interface DerivedReference {
  readonly toType: string;
  readonly toFqName: readonly string[];
  readonly attr: JsonValue;
}

/**
 * References of an intent object to derived objects: those of these types that lead to derived objects are the
 * transformer's, and are to be exactly these. References to what clients made are theirs.
 */
export interface DerivedLinks extends DerivedName {
  readonly toType: string;
  readonly refs: readonly DerivedReference[];
}

/** What has to be written so that the derived objects are those that are wanted; parents and targets come first. */
export interface Pending {
  readonly upserts: readonly DerivedObject[];
  /** After the upserts, before the removes. */
  readonly links: readonly DerivedLinks[];
  readonly removes: readonly DerivedName[];
}

/** One key for type and name. */
export function derivedKey(name: DerivedName): string {
  return `${name.type} ${name.fqName.join(":")}`;
}
