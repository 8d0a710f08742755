import type { FamilyName } from "../family.ts";
import type { FamilyRoutes, Reach, Unreach } from "../update/update.ts";
import { inetCodec } from "./inet/inet-codec.ts";
import { inetVpnCodec } from "./inet-vpn/inet-vpn-codec.ts";
import type { RouteCodec } from "./route-codec.ts";
import { routeTargetCodec } from "./route-target/route-target-codec.ts";

/** The codec of a family for callers that need no route's type: next hop fields. */
export function nextHopCodec(
  family: FamilyName,
): Pick<RouteCodec<never>, "nextHopBytes" | "readNextHop" | "writeNextHop"> {
  switch (family) {
    case "inet":
      return inetCodec;
    case "inet-vpn":
      return inetVpnCodec;
    case "route-target":
      return routeTargetCodec;
  }
}

/** Reads a list of routes of a family; undefined where it is none. */
export function decodeRoutes(
  family: FamilyName,
  bytes: Uint8Array,
  start: number,
  end: number,
): FamilyRoutes | undefined {
  switch (family) {
    case "inet": {
      const routes = inetCodec.decode(bytes, start, end);
      return routes && { family, routes };
    }
    case "inet-vpn": {
      const routes = inetVpnCodec.decode(bytes, start, end);
      return routes && { family, routes };
    }
    case "route-target": {
      const routes = routeTargetCodec.decode(bytes, start, end);
      return routes && { family, routes };
    }
  }
}

/** The encoded routes of a list, one by one, as a writer that needs no route's type. */
export interface RouteWriter {
  readonly count: number;
  encodedBytes(index: number): number;
  /** Returns the offset behind the route. */
  write(index: number, bytes: Uint8Array, offset: number): number;
}

/** A writer of a family's routes, for announcing or for withdrawing. */
export function routeWriter(routes: FamilyRoutes, withdrawn: boolean): RouteWriter {
  switch (routes.family) {
    case "inet":
      return writerOf(inetCodec, routes.routes, withdrawn);
    case "inet-vpn":
      return writerOf(inetVpnCodec, routes.routes, withdrawn);
    case "route-target":
      return writerOf(routeTargetCodec, routes.routes, withdrawn);
  }
}

/** Adds the next hop to a family's routes. */
export function reachOf(routes: FamilyRoutes, nextHop: number): Reach {
  return { ...routes, nextHop };
}

/** The withdrawal of announced routes. */
export function unreachOf({ nextHop: _, ...routes }: Reach): Unreach {
  return routes;
}

function writerOf<Route>(codec: RouteCodec<Route>, routes: readonly Route[], withdrawn: boolean): RouteWriter {
  const at = (index: number): Route => {
    const route = routes[index];
    if (route === undefined) throw new RangeError(`no route ${index} of ${routes.length}`);
    return route;
  };
  return {
    count: routes.length,
    encodedBytes: (index) => codec.encodedBytes(at(index)),
    write: (index, bytes, offset) => codec.encode(at(index), bytes, offset, withdrawn),
  };
}
