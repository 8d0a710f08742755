export type { AgentAttributes, Replication, ReplicationRole } from "./attribute-table.ts";
export { type BestPathRule, compareAttributes, comparePaths, decidingRule } from "./best-path.ts";
export {
  type AggregateRoute,
  type InstanceFeatures,
  NO_FEATURES,
  type ServiceChain,
  type StaticRoute,
} from "./derived/instance-features.ts";
export type { PeerRoute } from "./derived/peer-derivation.ts";
export {
  type ExportPolicy,
  type ExportRefusal,
  exportedPaths,
  exportRefusal,
  forbiddenBy,
  isExported,
  outgoingAttributes,
  policyKey,
} from "./export-policy.ts";
export { type ImportPolicy, type Infeasibility, onlyToCustomerOf } from "./import-policy.ts";
export { contains, type IpPrefix, prefixOfKey, type RouteKey, routeKey } from "./ip-prefix.ts";
export { LargeSet } from "./large-set.ts";
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
export type {
  ListMatch,
  ListUpdate,
  PolicyTerm,
  PrefixMatch,
  RouteProtocol,
  RoutingPolicy,
  SubProtocol,
  TermMatch,
  TermUpdate,
} from "./policy/routing-policy.ts";
export { parseTextPattern, type TextPattern, textPattern } from "./policy/text-pattern.ts";
export type { AgentEvpnRoute, AgentIpRoute, AgentRoute } from "./publications.ts";
export { Rib } from "./rib.ts";
export { type EncodedNews, encodeNews, encodePaths, isShared, type News, type PathNews } from "./rib-out.ts";
export type { KeyedVrfKey, VrfKey } from "./vrf-key.ts";
export type { SharedRoute, VrfNextHop } from "./vrf-paths.ts";
export type {
  AgentsKeyedRoute,
  ImportRefusal,
  InstanceSettings,
  KeyedVrfRoute,
  VrfRoute,
  VrfTable,
} from "./vrf-table.ts";
