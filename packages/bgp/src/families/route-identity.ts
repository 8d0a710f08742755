import { type FamilyName, familyCodec, type RouteOf } from "../family.ts";
import type { EvpnRoute } from "./e-vpn/evpn-route.ts";

/**
 * What makes two routes of a family the same route: everything that a withdrawal has to name, as octets in a string.
 * Labels are not part of it, nor are the segment and gateway of an EVPN route that only carries them (RFC 7432 section
 * 7.2, RFC 9136 section 3.1), nor the flags of type 6 (RFC 9251 section 9.1).
 */
export function routeIdentity<Family extends FamilyName>(family: Family, route: RouteOf<Family>): string {
  const codec = familyCodec(family);
  const named = family === "e-vpn" ? keyFields(route as EvpnRoute) : route; // Routes of e-vpn are EvpnRoute.
  const bytes = Buffer.alloc(codec.encodedBytes(named));
  codec.encode(named, bytes, 0, true);
  return bytes.toString("latin1");
}

/**
 * The identity of a VPN route without its route distinguisher: what it is called inside a routing instance. Different
 * routers' routes to one destination have one such identity.
 */
export function instanceIdentity(family: "inet6-vpn" | "e-vpn", identity: string): string {
  const [start, end] = family === "e-vpn" ? [2, 10] : [4, 12];
  return identity.slice(0, start) + identity.slice(end);
}

/** The EVPN route of an identity inside an instance: what a withdrawal names, under a distinguisher of zero. */
export function evpnRouteOf(identity: string): EvpnRoute {
  const whole = `${identity.slice(0, 2)}${"\0".repeat(8)}${identity.slice(2)}`;
  const routes: unknown[] = [];
  familyCodec("e-vpn").read(
    Uint8Array.from(whole, (octet) => octet.charCodeAt(0)),
    0,
    whole.length,
    routes,
  );
  return routes[0] as EvpnRoute; // An identity is made of one.
}

function keyFields(route: EvpnRoute): EvpnRoute {
  switch (route.type) {
    case 1:
      return { ...route, label: 0 };
    case 2:
      return { ...route, segment: 0n, label: 0, label2: undefined };
    case 5:
      return { ...route, segment: 0n, label: 0, gateway: typeof route.address === "number" ? 0 : 0n };
    case 6:
      return { ...route, flags: 0 };
    default:
      return route;
  }
}
