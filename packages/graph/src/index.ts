export { type ConfigGraph, createGraph, type GraphChange } from "./graph.ts";
export { type NamedLink, namedLinks } from "./named-links.ts";
export { subset, type WalkRules } from "./subset.ts";
