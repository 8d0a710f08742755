export type { AgentAttributes } from "./attribute-table.ts";
export { keyAddress, keyLength, type PathSource, prefixKey, type VpnDestination, type VpnPath } from "./path.ts";
export type { AgentRoute } from "./publications.ts";
export { Rib } from "./rib.ts";
export { type ExportPolicy, encodeDestinations, isExported, policyKey } from "./rib-out.ts";
export type { InstanceSettings, VrfNextHop, VrfRoute } from "./vrf-table.ts";
