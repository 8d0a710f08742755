export type { AgentAttributes } from "./attribute-table.ts";
export { type ExportPolicy, exportedPaths, isExported, policyKey } from "./export-policy.ts";
export type { ImportPolicy } from "./import-policy.ts";
export type { PrivateAsAction } from "./outgoing-as-path.ts";
export {
  type Destination,
  isVpnFamily,
  keyAddress,
  keyLength,
  type Path,
  type PathSource,
  prefixKey,
  type VpnDestination,
} from "./path.ts";
export { targetsOf } from "./path-table.ts";
export type { AgentRoute } from "./publications.ts";
export { Rib } from "./rib.ts";
export { encodeNews, encodePaths, isShared, type News, type PathNews } from "./rib-out.ts";
export type { InstanceSettings, VrfNextHop, VrfRoute } from "./vrf-table.ts";
