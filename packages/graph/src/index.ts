export { type ConfigGraph, createGraph, type GraphChange } from "./graph.ts";
export { networkSubnets } from "./network-subnets.ts";
