/** One reference as it is written: its target by name, by uuid, or by both, and the link's attribute. */
export type Reference<Attribute> = {
  readonly to?: readonly string[] | null;
  readonly uuid?: string | null;
  readonly href?: string;
  readonly attr?: Attribute | null;
};

/** One reference as it is read, from either end. */
export type StoredReference<Attribute> = ChildReference & { readonly attr: Attribute | null };

/** An object below the one that was read, by identity. */
export type ChildReference = {
  readonly to: readonly string[];
  readonly uuid: string;
  readonly href?: string;
};
