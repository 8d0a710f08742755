import { type EvpnRoute, instanceIdentity, routeIdentity } from "@contrail/bgp";
import type { RouteKey } from "./ip-prefix.ts";

/** A route of an instance: of <vrf>.inet.0 a number, of <vrf>.inet6.0 a bigint (see routeKey), of <vrf>.evpn.0 octets. */
export type VrfKey = RouteKey | string;

/** A route of one of the tables of an instance whose destinations are keyed. */
export type KeyedVrfKey = Exclude<VrfKey, number>;

/** The key of an EVPN route: what it is called inside an instance, without its route distinguisher. */
export function evpnKey(route: EvpnRoute): string {
  return instanceIdentity("e-vpn", routeIdentity("e-vpn", route));
}
