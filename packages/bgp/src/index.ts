export {
  asPathContains,
  asPathLength,
  neighbourAs,
  prependAs,
} from "./attributes/as-path.ts";
export { AS_TRANS } from "./attributes/attribute-type.ts";
export * from "./attributes/community.ts";
export {
  LOCAL_SEQUENCE,
  localSequenceCommunity,
  localSequenceOf,
  ORIGIN_NETWORK,
  originNetworkCommunity,
  originNetworkOf,
  SECURITY_GROUP,
  securityGroupCommunity,
  securityGroupOf,
  subClusterCommunity,
  TAG,
  tagCommunity,
  tagOf,
} from "./attributes/contrail-communities.ts";
export { encodeAttributes } from "./attributes/encode-attributes.ts";
export {
  E_TREE,
  esImportCommunity,
  esImportOf,
  esiLabelCommunity,
  esiLabelOf,
  eTreeCommunity,
  eTreeOf,
  MOBILITY,
  mobilityCommunity,
  mobilityOf,
  multicastFlagsCommunity,
  multicastFlagsOf,
  ROUTERS_MAC,
  routersMacCommunity,
  routersMacOf,
} from "./attributes/evpn-communities.ts";
export { type ExtendedCommunity, extendedCommunityKind, isTransitive } from "./attributes/extended-community.ts";
export { formatExtendedCommunity } from "./attributes/format-community.ts";
export * from "./attributes/only-to-customer.ts";
export {
  defaultGatewayCommunity,
  ENCAPSULATION,
  encapsulationCommunity,
  isDefaultGateway,
  LOAD_BALANCE,
  type LoadBalance,
  loadBalanceCommunity,
  loadBalanceOf,
  TUNNEL_GRE,
  TUNNEL_MPLS,
  TUNNEL_MPLS_OVER_GRE,
  TUNNEL_MPLS_OVER_UDP,
  TUNNEL_NVGRE,
  TUNNEL_VXLAN,
  TUNNEL_VXLAN_GPE,
  tunnelTypeOf,
} from "./attributes/opaque-communities.ts";
export type {
  Aggregator,
  AsPathSegment,
  Ipv6ExtendedCommunity,
  LargeCommunity,
  Origin,
  PathAttributes,
  PmsiTunnel,
  UnknownAttribute,
} from "./attributes/path-attributes.ts";
export {
  PMSI_AR_LEAF,
  PMSI_AR_REPLICATOR,
  PMSI_ASSISTED_REPLICATION,
  PMSI_ASSISTED_REPLICATION_ROLE,
  PMSI_EDGE_REPLICATION,
  PMSI_INGRESS_REPLICATION,
  PMSI_NO_TUNNEL,
} from "./attributes/pmsi-tunnel.ts";
export { formatRouteTarget, isRouteTarget, parseRouteTarget, routeTarget } from "./attributes/route-target.ts";
export type * from "./families/e-vpn/evpn-route.ts";
export { fieldOfLabel, labelOfField } from "./families/e-vpn/label-field.ts";
export { formatRoutes } from "./families/family-routes.ts";
export type { InetVpnRoute } from "./families/inet-vpn/inet-vpn-route.ts";
export type { Inet6VpnRoute } from "./families/inet6-vpn/inet6-vpn-route.ts";
export type { Inet6Prefix } from "./families/prefix.ts";
export { evpnRouteOf, instanceIdentity, routeIdentity } from "./families/route-identity.ts";
export type { RouteTargetRoute } from "./families/route-target/route-target-route.ts";
export { FAMILIES, type FamilyName, familyCode, familyOf, type RouteOf } from "./family.ts";
export { localOpen } from "./fsm/local-open.ts";
export {
  type Connection,
  type ConnectionTimer,
  establishedConnection,
  type PeerAction,
  type PeerEvent,
  type PeerMachine,
  type PeerState,
  type PeerStep,
  type PeerTimer,
  peerState,
  STOPPED_PEER,
} from "./fsm/peer-machine.ts";
export type { AddPathOffer, PeerSettings } from "./fsm/peer-settings.ts";
export { stepPeer } from "./fsm/peer-step.ts";
export type { Retention } from "./fsm/retention.ts";
export type { PeerGracefulRestart, PeerLongLivedRestart, SessionParameters } from "./fsm/session-parameters.ts";
export { formatIpAddress, type IpAddress } from "./ip-address.ts";
export type { Capability, FamilyNumbers } from "./message/capability.ts";
export { decodeCapabilities, encodeCapability } from "./message/capability-list.ts";
export {
  frameMessage,
  HEADER_BYTES,
  KEEPALIVE,
  KEEPALIVE_MESSAGE,
  MAX_EXTENDED_MESSAGE_BYTES,
  MAX_MESSAGE_BYTES,
  NOTIFICATION,
  OPEN,
  ROUTE_REFRESH,
  UPDATE,
} from "./message/header.ts";
export { type Frame, MessageFramer } from "./message/message-framer.ts";
export * from "./message/notification.ts";
export * from "./message/notification-codes.ts";
export { decodeOpen, encodeOpen, type OpenMessage, type OpenVerdict } from "./message/open.ts";
export {
  decodeRouteRefresh,
  encodeRouteRefresh,
  type RouteRefresh,
  type RouteRefreshVerdict,
} from "./message/route-refresh.ts";
export { ceaseWithText, shutdownText } from "./message/shutdown-communication.ts";
export {
  formatRouteDistinguisher,
  inetRouteDistinguisher,
  parseRouteDistinguisher,
  type RouteDistinguisher,
} from "./route-distinguisher.ts";
export { decodeUpdate } from "./update/decode-update.ts";
export { type EncodedReach, encodeEndOfRib, encodeReach, encodeUnreach } from "./update/encode-update.ts";
export type { AnnouncedAttributes, FamilyRoutes, Reach, Unreach, Update, UpdateProblem } from "./update/update.ts";
export type { UpdateContext } from "./update/update-context.ts";
export type { UpdateVerdict } from "./update/update-verdict.ts";
