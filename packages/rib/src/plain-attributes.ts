import type { PathAttributes } from "@contrail/bgp";

/** Attributes of what this node originates itself. */
export const PLAIN_ATTRIBUTES: PathAttributes = {
  origin: 0,
  asPath: [],
  localPreference: 100,
  communities: [],
  clusterList: [],
  extendedCommunities: [],
  largeCommunities: [],
  unknown: [],
};
