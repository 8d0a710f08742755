import {
  type ExtendedCommunity,
  extendedCommunityKind,
  originNetworkCommunity,
  originNetworkOf,
  type PathAttributes,
  securityGroupOf,
  tagOf,
} from "@contrail/bgp";
import { wayAttributes } from "./connected-paths.ts";

/** What chain routes of one instance have in common. */
export interface ChainRecipe {
  readonly autonomousSystem: number;
  /** The network whose routes are told. */
  readonly destinationNetwork: number;
  readonly retainAsPath: boolean;
}

/** Stands for "an aggregate" among originals. */
const NO_ORIGINAL: PathAttributes = {
  origin: 0,
  asPath: [],
  communities: [],
  clusterList: [],
  extendedCommunities: [],
  largeCommunities: [],
  unknown: [],
};

/** Attributes of the routes of one chain: made once for all routes that have the same way and the same original. */
export class ChainAttributes {
  readonly #intern: (attributes: PathAttributes) => PathAttributes;
  readonly #told = new WeakMap<PathAttributes, WeakMap<PathAttributes, PathAttributes>>();
  readonly #targeted = new WeakMap<readonly bigint[], WeakMap<PathAttributes, PathAttributes>>();

  constructor(intern: (attributes: PathAttributes) => PathAttributes) {
    this.#intern = intern;
  }

  /** See chainAttributes; all calls are with one recipe. */
  told(hop: PathAttributes, original: PathAttributes | undefined, recipe: ChainRecipe): PathAttributes {
    let byOriginal = this.#told.get(hop);
    if (byOriginal === undefined) {
      byOriginal = new WeakMap();
      this.#told.set(hop, byOriginal);
    }
    let made = byOriginal.get(original ?? NO_ORIGINAL);
    if (made === undefined) {
      made = this.#intern(chainAttributes(hop, original, recipe));
      byOriginal.set(original ?? NO_ORIGINAL, made);
    }
    return made;
  }

  /** With route targets in front; remembered by the list itself. */
  targeted(attributes: PathAttributes, targets: readonly bigint[]): PathAttributes {
    let byAttributes = this.#targeted.get(targets);
    if (byAttributes === undefined) {
      byAttributes = new WeakMap();
      this.#targeted.set(targets, byAttributes);
    }
    let made = byAttributes.get(attributes);
    if (made === undefined) {
      made = this.#intern({ ...attributes, extendedCommunities: [...targets, ...attributes.extendedCommunities] });
      byAttributes.set(attributes, made);
    }
    return made;
  }
}

/**
 * A route of the destination network by way of a service: next hop, preference and encapsulations are the service's; groups,
 * tags, site of origin and communities those of the route; it comes from the destination network, which is also put in
 * front of the networks that it has come through. An aggregate has no original.
 */
function chainAttributes(
  hop: PathAttributes,
  original: PathAttributes | undefined,
  { autonomousSystem, destinationNetwork, retainAsPath }: ChainRecipe,
): PathAttributes {
  const way = wayAttributes(hop);
  const network = originNetworkCommunity(autonomousSystem, destinationNetwork);
  return {
    ...way,
    asPath: retainAsPath ? (original?.asPath ?? []) : [],
    communities: [...new Set([...(original?.communities ?? []), ...way.communities])],
    extendedCommunities: [
      ...way.extendedCommunities.filter((each) => !isOfRoute(each) && originNetworkOf(each) === undefined),
      ...(original?.extendedCommunities.filter(isOfRoute) ?? []),
      network,
    ],
    originVnPath: [network, ...(original?.originVnPath ?? [])],
  };
}

/** True where one of these networks of ours is among those that a route has come through. */
export function hasComeThrough(
  { originVnPath }: PathAttributes,
  autonomousSystem: number,
  networks: readonly number[],
): boolean {
  return networks.some((id) => originVnPath?.includes(originNetworkCommunity(autonomousSystem, id)) === true);
}

/** Communities that say something of the machine behind the route, and not of the way to it. */
function isOfRoute(community: ExtendedCommunity): boolean {
  return securityGroupOf(community) !== undefined || tagOf(community) !== undefined || isSiteOfOrigin(community);
}

/** Site of origin of the three forms (RFC 4360 section 5). */
function isSiteOfOrigin(community: ExtendedCommunity): boolean {
  const kind = extendedCommunityKind(community);
  return kind === 0x0003 || kind === 0x0103 || kind === 0x0203;
}
