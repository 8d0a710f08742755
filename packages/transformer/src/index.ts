export type { DerivedLinks, DerivedName, DerivedObject, DerivedReference, Pending } from "./derived.ts";
export { createTransformer, type Transformer } from "./transformer.ts";
