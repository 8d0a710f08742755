import {
  encodeAttributes,
  encodeReach,
  encodeUnreach,
  type FamilyName,
  type FamilyRoutes,
  type IpAddress,
  type PathAttributes,
  type Reach,
} from "@contrail/bgp";
import { bucketOf, type ExportPolicy, exportedPath, outgoingAttributes, outgoingNextHop } from "./export-policy.ts";
import type { Destination, Path, PathSource } from "./path.ts";

/** What is to be said of one family: routes that go, and those that come, by attributes and next hop. */
interface FamilyNews {
  readonly gone: Routes;
  readonly buckets: Map<PathAttributes, Map<IpAddress, Routes>>;
}

/** Routes of one family, with add-path each with its identifier; then all of them have one. */
interface Routes {
  readonly routes: unknown[];
  readonly pathIds: number[];
}

/** What a peer has to hear of: destinations with a path for it, and those whose route it had and shall not have. */
export interface News {
  readonly reach: readonly Destination[];
  readonly gone: readonly Destination[];
}

/** Messages, and destinations whose attributes do not fit into one: instead the peer is told that they are gone. */
export interface EncodedNews {
  readonly messages: readonly Uint8Array[];
  readonly untold: readonly Destination[];
}

/** Attributes that do not fit into a message, by family. */
type TooLarge = Map<FamilyName, Set<PathAttributes>>;

/**
 * Messages that bring a peer of a policy to the present state of these destinations: by family, withdrawals first, then
 * announcements bucketed by attributes and next hop. They serve every peer of the policy that has the same news, unless
 * there are memberships among it: see isShared.
 */
export function encodeNews({ reach, gone }: News, policy: ExportPolicy, peer: PathSource): EncodedNews {
  const families = new Map<FamilyName, FamilyNews>();
  for (const destination of gone) newsOf(families, destination.family).gone.routes.push(withdrawn(destination));
  for (const destination of reach) {
    const news = newsOf(families, destination.family);
    const path = exportedPath(destination, policy, peer);
    if (path === undefined) news.gone.routes.push(withdrawn(destination));
    else bucket(news, bucketOf(path, policy), path, destination, outgoingNextHop(path, destination.family, policy));
  }
  const { messages, tooLarge } = messagesOf(families, policy);
  if (tooLarge.size === 0) return { messages, untold: [] };
  const untold = reach.filter((destination) => {
    const path = exportedPath(destination, policy, peer);
    return path !== undefined && isTooLarge(tooLarge, destination, path, policy);
  });
  return { messages, untold };
}

/** What a peer with add-path has to hear of one destination: paths, and identifiers of those that are gone. */
export interface PathNews {
  readonly destination: Destination;
  readonly reach: readonly Path[];
  readonly gone: readonly number[];
}

/** The same for a peer that takes all paths of a family, each under our number for it (RFC 7911). */
export function encodePaths(news: readonly PathNews[], policy: ExportPolicy): EncodedNews {
  const families = new Map<FamilyName, FamilyNews>();
  for (const { destination, reach, gone } of news) {
    const family = newsOf(families, destination.family);
    for (const id of gone) {
      family.gone.routes.push(withdrawn(destination));
      family.gone.pathIds.push(id);
    }
    for (const path of reach) {
      const hop = outgoingNextHop(path, destination.family, policy);
      bucket(family, bucketOf(path, policy), path, destination, hop).pathIds.push(path.id);
    }
  }
  const { messages, tooLarge } = messagesOf(families, policy);
  const untold = news.filter(({ destination, reach }) =>
    reach.some((path) => isTooLarge(tooLarge, destination, path, policy)),
  );
  return { messages, untold: untold.map(({ destination }) => destination) };
}

function isTooLarge(tooLarge: TooLarge, { family }: Destination, path: Path, policy: ExportPolicy): boolean {
  return tooLarge.get(family)?.has(bucketOf(path, policy)) === true;
}

function messagesOf(families: ReadonlyMap<FamilyName, FamilyNews>, policy: ExportPolicy) {
  const messages: Uint8Array[] = [];
  const tooLarge: TooLarge = new Map();
  for (const [family, { gone, buckets }] of families) {
    if (gone.routes.length > 0) messages.push(...encodeUnreach(routesOf(family, gone), policy.maxMessageBytes));
    for (const [attributes, byNextHop] of buckets) {
      const bytes = encodeAttributes(outgoingAttributes(attributes, family, policy), policy);
      for (const [nextHop, routes] of byNextHop) {
        const reach = { ...routesOf(family, routes), nextHop } as Reach; // Routes and their next hop, of one family.
        const encoded = encodeReach(reach, bytes, policy.maxMessageBytes);
        // What does not fit beside its attributes cannot be said: the peer must not keep what it has instead.
        if (encoded.kind === "encoded") {
          messages.push(...encoded.messages);
          continue;
        }
        messages.push(...encodeUnreach(reach, policy.maxMessageBytes));
        tooLarge.set(family, (tooLarge.get(family) ?? new Set()).add(attributes));
      }
    }
  }
  return { messages, tooLarge };
}

/** False for news of which each peer gets what others have said: memberships. */
export function isShared({ reach }: News): boolean {
  return reach.every(({ family }) => family !== "route-target");
}

function newsOf(families: Map<FamilyName, FamilyNews>, family: FamilyName): FamilyNews {
  let news = families.get(family);
  if (news === undefined) {
    news = { gone: { routes: [], pathIds: [] }, buckets: new Map() };
    families.set(family, news);
  }
  return news;
}

function bucket(
  { buckets }: FamilyNews,
  attributes: PathAttributes,
  path: Path,
  destination: Destination,
  nextHop: IpAddress,
): Routes {
  let byNextHop = buckets.get(attributes);
  if (byNextHop === undefined) {
    byNextHop = new Map();
    buckets.set(attributes, byNextHop);
  }
  let routes = byNextHop.get(nextHop);
  if (routes === undefined) {
    routes = { routes: [], pathIds: [] };
    byNextHop.set(nextHop, routes);
  }
  routes.routes.push(announced(destination, path));
  return routes;
}

function announced(destination: Destination, path: Path): unknown {
  if (destination.family !== "inet-vpn") return path.route ?? destination.route;
  const { rdHigh, rdLow, address, length } = destination;
  return { rdHigh, rdLow, address, length, label: path.label };
}

function withdrawn(destination: Destination): unknown {
  if (destination.family !== "inet-vpn") return destination.route;
  const { rdHigh, rdLow, address, length } = destination;
  return { rdHigh, rdLow, address, length, label: 0 };
}

/** The routes come from destinations of this very family. */
function routesOf(family: FamilyName, { routes, pathIds }: Routes): FamilyRoutes {
  return { family, routes, pathIds: pathIds.length === 0 ? undefined : pathIds } as FamilyRoutes;
}
