export {
  asPathContains,
  asPathLength,
  neighbourAs,
  prependAs,
} from "./attributes/as-path.ts";
export { AS_TRANS } from "./attributes/attribute-type.ts";
export { encodeAttributes } from "./attributes/encode-attributes.ts";
export {
  type ExtendedCommunity,
  encapsulationCommunity,
  extendedCommunityKind,
  isTransitive,
  mobilityCommunity,
  mobilityOf,
  originNetworkCommunity,
  originNetworkOf,
  securityGroupCommunity,
  securityGroupOf,
  TUNNEL_GRE,
  TUNNEL_MPLS,
  TUNNEL_MPLS_OVER_GRE,
  TUNNEL_MPLS_OVER_UDP,
  TUNNEL_VXLAN,
  tunnelTypeOf,
} from "./attributes/extended-community.ts";
export type {
  Aggregator,
  AsPathSegment,
  LargeCommunity,
  Origin,
  PathAttributes,
  PmsiTunnel,
  UnknownAttribute,
} from "./attributes/path-attributes.ts";
export { formatRouteTarget, isRouteTarget, parseRouteTarget, routeTarget } from "./attributes/route-target.ts";
export type { InetVpnRoute } from "./families/inet-vpn/inet-vpn-route.ts";
export type { RouteTargetRoute } from "./families/route-target/route-target-route.ts";
export { FAMILIES, type FamilyName, familyCode, familyOf } from "./family.ts";
export { localOpen } from "./fsm/open-agreement.ts";
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
export type { PeerSettings } from "./fsm/peer-settings.ts";
export { stepPeer } from "./fsm/peer-step.ts";
export { hardReset, isHardReset, type Retention } from "./fsm/retention.ts";
export type { PeerGracefulRestart, SessionParameters } from "./fsm/session-parameters.ts";
export { type Capability, decodeCapabilities, encodeCapability } from "./message/capability.ts";
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
export { decodeOpen, encodeOpen, type OpenMessage, type OpenVerdict } from "./message/open.ts";
export {
  decodeRouteRefresh,
  encodeRouteRefresh,
  type RouteRefresh,
  type RouteRefreshVerdict,
} from "./message/route-refresh.ts";
export {
  formatRouteDistinguisher,
  inetRouteDistinguisher,
  parseRouteDistinguisher,
  type RouteDistinguisher,
} from "./route-distinguisher.ts";
export { decodeUpdate, type UpdateContext, type UpdateVerdict } from "./update/decode-update.ts";
export { type EncodedReach, encodeEndOfRib, encodeReach, encodeUnreach } from "./update/encode-update.ts";
export type { AnnouncedAttributes, FamilyRoutes, Reach, Unreach, Update, UpdateProblem } from "./update/update.ts";
