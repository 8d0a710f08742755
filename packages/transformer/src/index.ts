export {
  type DerivedLinks,
  type DerivedName,
  type DerivedObject,
  type DerivedReference,
  derivedKey,
  type Pending,
} from "./derived.ts";
export { createTransformer, type Transformer } from "./transformer.ts";
