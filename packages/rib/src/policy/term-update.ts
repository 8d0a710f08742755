import {
  ACCEPT_OWN_NEXTHOP,
  asPathLength,
  type ExtendedCommunity,
  extendedCommunityKind,
  type PathAttributes,
  prependAs,
} from "@contrail/bgp";
import type { ListUpdate, TermUpdate } from "./routing-policy.ts";

/**
 * So long policies make the lists of a route: together they fit into an UPDATE of 4,096 octets, as peers are not told of
 * a route that does not. A list that is longer by itself stays so.
 */
const [MAX_AS_PATH, MAX_COMMUNITIES, MAX_EXTENDED_COMMUNITIES] = [255, 256, 128];

/** Extended communities of a route that policies are for: site of origin (RFC 4360 section 5), of the three forms. */
const SITES_OF_ORIGIN = [0x0003, 0x0103, 0x0203];
/** And those of the transitive opaque type (RFC 4360 section 3.3), */
const OPAQUE_TYPE = 0x03;
/** without encapsulation (RFC 9012 section 4.1), default gateway (RFC 7432 section 7.8) and OpenContrail's own. */
const OPAQUE_OF_THE_FABRIC = [0x030c, 0x030d, 0x03aa];

/** Attributes as a term leaves them; the same object where it changes nothing. */
export function updated(attributes: PathAttributes, update: TermUpdate): PathAttributes {
  const { localPreference, med, asPath, communities, extendedCommunities } = update;
  if (Object.values(update).every((value) => value === undefined)) return attributes;
  return {
    ...attributes,
    localPreference: localPreference ?? attributes.localPreference,
    med: med ?? attributes.med,
    asPath: expanded(attributes.asPath, asPath ?? []),
    communities: changed(attributes.communities, communities, MAX_COMMUNITIES, (each) => each !== ACCEPT_OWN_NEXTHOP),
    extendedCommunities: changed(
      attributes.extendedCommunities,
      extendedCommunities,
      MAX_EXTENDED_COMMUNITIES,
      isForPolicies,
    ),
  };
}

function expanded(before: PathAttributes["asPath"], added: readonly number[]): PathAttributes["asPath"] {
  const room = Math.max(0, MAX_AS_PATH - asPathLength(before));
  return added.slice(0, room).reduceRight(prependAs, before);
}

/** What is not open stays as it is, whatever is said; ACCEPT_OWN_NEXTHOP marks what control nodes have made. */
function changed<Value>(
  before: readonly Value[],
  update: ListUpdate<Value> | undefined,
  most: number,
  isOpen: (value: Value) => boolean,
): readonly Value[] {
  if (update === undefined) return before;
  const { set, add } = update;
  const removed = new Set(update.remove);
  const kept = before.filter((value) => !isOpen(value) || (set === undefined && !removed.has(value)));
  const given = [...(set ?? []).filter((value) => !removed.has(value)), ...add];
  return [...new Set([...kept, ...given.filter(isOpen)])].slice(0, Math.max(most, kept.length));
}

/**
 * True for what a tenant may say of a route. Who imports it, what network it is of, what groups are behind it and how
 * it is reached are not for a tenant to say: by a route target alone it would enter the instances of others.
 */
function isForPolicies(community: ExtendedCommunity): boolean {
  const kind = extendedCommunityKind(community);
  return SITES_OF_ORIGIN.includes(kind) || (kind >> 8 === OPAQUE_TYPE && !OPAQUE_OF_THE_FABRIC.includes(kind));
}
