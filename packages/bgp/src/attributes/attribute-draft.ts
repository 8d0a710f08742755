import { mergeAs4Path } from "./as-path.ts";
import { AS_TRANS } from "./attribute-type.ts";
import type {
  Aggregator,
  AsPathSegment,
  Ipv6ExtendedCommunity,
  LargeCommunity,
  Origin,
  PathAttributes,
  PmsiTunnel,
  UnknownAttribute,
} from "./path-attributes.ts";

/** The attributes of an UPDATE while they are being read; undefined is "has not come". */
export interface AttributeDraft {
  origin: Origin | undefined;
  asPath: AsPathSegment[] | undefined;
  nextHop: number | undefined;
  med: number | undefined;
  localPreference: number | undefined;
  atomicAggregate: boolean | undefined;
  aggregator: Aggregator | undefined;
  communities: number[] | undefined;
  originatorId: number | undefined;
  clusterList: number[] | undefined;
  extendedCommunities: bigint[] | undefined;
  as4Path: AsPathSegment[] | undefined;
  as4Aggregator: Aggregator | undefined;
  pmsiTunnel: PmsiTunnel | undefined;
  ipv6ExtendedCommunities: Ipv6ExtendedCommunity[] | undefined;
  largeCommunities: LargeCommunity[] | undefined;
  onlyToCustomer: number | undefined;
  originVnPath: bigint[] | undefined;
  unknown: UnknownAttribute[];
}

/** A draft of nothing; all of its fields are there from the start, so that all drafts are of one shape to the engine. */
export function emptyDraft(): AttributeDraft {
  return {
    origin: undefined,
    asPath: undefined,
    nextHop: undefined,
    med: undefined,
    localPreference: undefined,
    atomicAggregate: undefined,
    aggregator: undefined,
    communities: undefined,
    originatorId: undefined,
    clusterList: undefined,
    extendedCommunities: undefined,
    as4Path: undefined,
    as4Aggregator: undefined,
    pmsiTunnel: undefined,
    ipv6ExtendedCommunities: undefined,
    largeCommunities: undefined,
    onlyToCustomer: undefined,
    originVnPath: undefined,
    unknown: [],
  };
}

/** The finished attributes; undefined where ORIGIN or AS_PATH is missing. Merges what a two-octet AS session split. */
export function finishAttributes(draft: AttributeDraft): PathAttributes | undefined {
  if (draft.origin === undefined || draft.asPath === undefined) return undefined;
  // RFC 6793 section 4.2.3: an aggregator that is not AS_TRANS, with AS4_AGGREGATOR beside it, was set later by a router
  // that did not know of the AS4 attributes: what they say is out of date.
  const as4Believed =
    draft.as4Aggregator === undefined || (draft.aggregator?.autonomousSystem ?? AS_TRANS) === AS_TRANS;
  const as4Path = as4Believed ? draft.as4Path : undefined;
  return {
    origin: draft.origin,
    asPath: as4Path === undefined ? draft.asPath : mergeAs4Path(draft.asPath, as4Path),
    med: draft.med,
    localPreference: draft.localPreference,
    atomicAggregate: draft.atomicAggregate,
    aggregator: (draft.aggregator !== undefined && as4Believed ? draft.as4Aggregator : undefined) ?? draft.aggregator,
    communities: draft.communities ?? [],
    originatorId: draft.originatorId,
    clusterList: draft.clusterList ?? [],
    extendedCommunities: draft.extendedCommunities ?? [],
    pmsiTunnel: draft.pmsiTunnel,
    ipv6ExtendedCommunities: draft.ipv6ExtendedCommunities,
    largeCommunities: draft.largeCommunities ?? [],
    onlyToCustomer: draft.onlyToCustomer,
    originVnPath: draft.originVnPath,
    unknown: draft.unknown,
  };
}
