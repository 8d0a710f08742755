import { type FamilyName, familyCodec } from "../family.ts";
import type { IpAddress } from "../ip-address.ts";
import { readUint32, writeUint32 } from "../octets.ts";
import type { FamilyRoutes, Reach, Unreach } from "../update/update.ts";
import { MALFORMED } from "./route-codec.ts";

/** A list of routes that was read, and how many of an unknown type were passed over. */
export interface DecodedRoutes {
  readonly routes: FamilyRoutes;
  readonly skipped: number;
}

const PATH_ID_BYTES = 4;
/** Most UPDATEs have none of these; shared, as nobody changes what was read. */
const NO_INET_ROUTES: DecodedRoutes = { routes: { family: "inet", routes: [], pathIds: undefined }, skipped: 0 };

/** Reads a list of routes of a family, each behind its path identifier with add-path; undefined where it is none. */
export function decodeRoutes(
  family: FamilyName,
  bytes: Uint8Array,
  start: number,
  end: number,
  addPath: boolean,
): DecodedRoutes | undefined {
  if (start === end && family === "inet") return NO_INET_ROUTES;
  const codec = familyCodec(family);
  const routes: unknown[] = [];
  if (!addPath && codec.readAll !== undefined) {
    const whole = codec.readAll(bytes, start, end, routes);
    return whole ? { routes: familyRoutes(family, routes, undefined), skipped: 0 } : undefined;
  }
  const pathIds: number[] | undefined = addPath ? [] : undefined;
  let skipped = 0;
  for (let offset = start; offset < end; ) {
    const routeAt = addPath ? offset + PATH_ID_BYTES : offset;
    const before = routes.length;
    const next = routeAt < end ? codec.read(bytes, routeAt, end, routes) : MALFORMED;
    if (next === MALFORMED) return undefined;
    if (routes.length === before) skipped++;
    else pathIds?.push(readUint32(bytes, offset));
    offset = next;
  }
  return { routes: familyRoutes(family, routes, pathIds), skipped };
}

/** The encoded routes of a list, one by one, as a writer that needs no route's type. */
export interface RouteWriter {
  readonly count: number;
  encodedBytes(index: number): number;
  /** Returns the offset behind the route. */
  write(index: number, bytes: Uint8Array, offset: number): number;
}

/** A writer of a family's routes, for announcing or for withdrawing; path identifiers go where the list has them. */
export function routeWriter({ family, routes, pathIds }: FamilyRoutes, withdrawn: boolean): RouteWriter {
  const codec = familyCodec(family);
  const at = (index: number): unknown => {
    const route = routes[index];
    if (route === undefined) throw new RangeError(`no route ${index} of ${routes.length}`);
    return route;
  };
  const headBytes = pathIds === undefined ? 0 : PATH_ID_BYTES;
  return {
    count: routes.length,
    encodedBytes: (index) => headBytes + codec.encodedBytes(at(index)),
    write(index, bytes, offset) {
      const routeAt = pathIds === undefined ? offset : writeUint32(bytes, offset, pathIds[index] ?? 0);
      return codec.encode(at(index), bytes, routeAt, withdrawn);
    },
  };
}

/** Adds the next hop to a family's routes. */
export function reachOf({ family, routes, pathIds }: FamilyRoutes, nextHop: IpAddress): Reach {
  // Family and routes are those of one list; spelt out, as this is much faster than a spread.
  return { family, routes, pathIds, nextHop } as Reach;
}

/** The withdrawal of announced routes. */
export function unreachOf({ nextHop: _, ...routes }: Reach): Unreach {
  return routes;
}

/** The same list with those routes alone that a test picks. */
export function pickRoutes<Routes extends FamilyRoutes>(routes: Routes, wanted: (route: unknown) => boolean): Routes {
  const indexes = [...routes.routes.keys()].filter((index) => wanted(routes.routes[index]));
  return {
    ...routes,
    routes: indexes.map((index) => routes.routes[index]),
    pathIds: routes.pathIds && indexes.map((index) => routes.pathIds?.[index] ?? 0),
  };
}

/** Routes as OpenContrail writes them; for people. */
export function formatRoutes({ family, routes }: FamilyRoutes): string[] {
  const codec = familyCodec(family);
  return routes.map((route) => codec.format(route));
}

/** The routes came out of the codec of this very family. */
function familyRoutes(family: FamilyName, routes: unknown[], pathIds: number[] | undefined): FamilyRoutes {
  return { family, routes, pathIds } as FamilyRoutes;
}
