export type { ConfigChange, ConfigObject, ConfigReference } from "./config-object.ts";
export { type JsonObject, type JsonValue, parseJson, stringifyJson } from "./json.ts";
