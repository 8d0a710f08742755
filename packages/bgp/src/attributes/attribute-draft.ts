import { mergeAs4Path } from "./as-path.ts";
import { AS_TRANS } from "./attribute-type.ts";
import type {
  Aggregator,
  AsPathSegment,
  LargeCommunity,
  Origin,
  PathAttributes,
  PmsiTunnel,
  UnknownAttribute,
} from "./path-attributes.ts";

/** The attributes of an UPDATE while they are being read; undefined is "has not come". */
export interface AttributeDraft {
  origin?: Origin;
  asPath?: AsPathSegment[];
  nextHop?: number;
  med?: number;
  localPreference?: number;
  atomicAggregate?: boolean;
  aggregator?: Aggregator;
  communities?: number[];
  originatorId?: number;
  clusterList?: number[];
  extendedCommunities?: bigint[];
  as4Path?: AsPathSegment[];
  as4Aggregator?: Aggregator;
  pmsiTunnel?: PmsiTunnel;
  largeCommunities?: LargeCommunity[];
  unknown: UnknownAttribute[];
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
    largeCommunities: draft.largeCommunities ?? [],
    unknown: draft.unknown,
  };
}
