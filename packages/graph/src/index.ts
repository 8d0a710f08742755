export { type ConfigGraph, createGraph, type GraphChange } from "./graph.ts";
