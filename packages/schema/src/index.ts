export type { ConfigChange, ConfigObject, ConfigReference } from "./config-object.ts";
export { canonicalText, type JsonObject, type JsonValue, parseJson, stringifyJson } from "./json.ts";
export { filledText, integerIn, list, record } from "./json-read.ts";
export { structureProblem } from "./json-structure.ts";
export {
  baseProperties,
  type Link,
  type ObjectType,
  objectType,
  objectTypes,
  type Property,
  type Struct,
  struct,
  underscored,
} from "./model.ts";
export {
  MODEL_VERSION,
  type ModelVersion,
  majorProblem,
  parseVersion,
  UNSAID_VERSION,
  versionText,
} from "./model-version.ts";
export { type ModelTables, type NewerPart, newerPart } from "./newer-parts.ts";
export { checkProperty } from "./validate.ts";
export { vxlanIdentifier } from "./vxlan-identifier.ts";
