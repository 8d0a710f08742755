export { ATTRIBUTE_VECTORS, type AttributeVector, PLAIN } from "./attribute-vectors.ts";
export { CodecFuzzer, type FuzzReport } from "./codec-fuzz.ts";
export { EVPN_VECTORS } from "./evpn-vectors.ts";
export { FAULT_VECTORS, type FaultAction, type FaultVector } from "./fault-vectors.ts";
export { FuzzMessages, shapeOf } from "./fuzz-messages.ts";
export type { FuzzRandom } from "./fuzz-mutation.ts";
export { hexOf } from "./hex.ts";
export { ROUTE_VECTORS, type RouteVector } from "./route-vectors.ts";
export { WORST_CASES } from "./worst-cases.ts";
