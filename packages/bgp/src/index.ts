export type {
  Aggregator,
  AsPathSegment,
  LargeCommunity,
  Origin,
  PathAttributes,
  PmsiTunnel,
  UnknownAttribute,
} from "./attributes/path-attributes.ts";
export type { InetVpnRoute } from "./families/inet-vpn/inet-vpn-route.ts";
export type { RouteTargetRoute } from "./families/route-target/route-target-route.ts";
export { FAMILIES, type FamilyName, familyCode, familyOf } from "./family.ts";
export type { PeerGracefulRestart, SessionParameters } from "./fsm/session-parameters.ts";
export {
  formatRouteDistinguisher,
  inetRouteDistinguisher,
  parseRouteDistinguisher,
  type RouteDistinguisher,
} from "./route-distinguisher.ts";
export type { AnnouncedAttributes, FamilyRoutes, Reach, Unreach, Update, UpdateProblem } from "./update/update.ts";
