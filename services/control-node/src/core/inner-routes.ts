import { ACCEPT_OWN_NEXTHOP, encodeAttributes, NO_REORIGINATE, type PathAttributes } from "@contrail/bgp";
import { type ExportPolicy, forbiddenBy, type ImportPolicy, onlyToCustomerOf, type Path } from "@contrail/rib";
import type { InnerFamily } from "./desired-peer.ts";

/** Most that is kept of a route of a tenant's router: octets of its attributes, about 250 communities, and segments. */
const MAX_OCTETS = 1_024;
const MAX_SEGMENTS = 16;

/** What the system itself marks routes with, and no tenant is told. */
const OUR_MARKS: ReadonlySet<number> = new Set([ACCEPT_OWN_NEXTHOP, NO_REORIGINATE]);

/**
 * Attributes of an instance's route for a router of a tenant, before they are made fit for its session. It is told path
 * and communities; extended communities say who else has the route and where machines are. Undefined where communities or
 * roles forbid that it is told (RFC 1997, RFC 9494 section 4.3, RFC 9234 section 5).
 */
export function innerAttributes(
  { attributes }: Pick<Path, "attributes">,
  family: InnerFamily,
  policy: Pick<ExportPolicy, "external" | "longLived" | "role" | "localAs">,
): PathAttributes | undefined {
  if (forbiddenBy(attributes, family, policy) !== undefined) return undefined;
  return {
    origin: attributes.origin,
    asPath: attributes.asPath,
    med: attributes.med,
    localPreference: attributes.localPreference,
    communities: attributes.communities.filter((community) => !OUR_MARKS.has(community)),
    clusterList: [],
    extendedCommunities: [],
    largeCommunities: attributes.largeCommunities,
    onlyToCustomer: attributes.onlyToCustomer,
    unknown: [],
  };
}

/**
 * What counts of the attributes that a router of a tenant gives a route; extended communities and what is not known here
 * do not. The same in each family. Undefined for more than is kept: such a route is treated as withdrawn.
 */
export function heardAttributes(
  said: PathAttributes,
  session: Pick<ImportPolicy, "role" | "peerAs">,
): PathAttributes | undefined {
  const kept: PathAttributes = {
    origin: said.origin,
    asPath: said.asPath,
    med: said.med,
    localPreference: said.localPreference,
    communities: said.communities,
    originatorId: said.originatorId,
    clusterList: said.clusterList,
    extendedCommunities: [],
    largeCommunities: said.largeCommunities,
    onlyToCustomer: onlyToCustomerOf(said, "inet", session),
    unknown: [],
  };
  if (kept.asPath.length > MAX_SEGMENTS) return undefined;
  return encodeAttributes(kept, { fourOctetAs: true }).length > MAX_OCTETS ? undefined : kept;
}
