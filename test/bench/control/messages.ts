import {
  encapsulationCommunity,
  encodeAttributes,
  encodeReach,
  MAX_MESSAGE_BYTES,
  routeTarget,
  TUNNEL_GRE,
  TUNNEL_MPLS_OVER_UDP,
} from "@contrail/bgp";

/** Sets of attributes, each with a route target and a route distinguisher of its own. */
const SETS = 1_000;
const AUTONOMOUS_SYSTEM = 64_512;
/** 10.0.0.0, in which the routes are. */
const FIRST_ADDRESS = 0x0a000000;
/** 172.31.0.2: FRR takes no next hop of 127.0.0.0/8. */
const NEXT_HOP = 0xac1f0002;
/** Labels below are reserved (RFC 3032 section 2.1). */
const FIRST_LABEL = 16;
const LABELS = 1_048_560;

/** UPDATEs of VPNv4 routes, each a /32 with a label of its own, so many to a message at most; one after the other. */
export function announcements(routes: number, routesAMessage: number): Buffer {
  const parts: Uint8Array[] = [];
  for (let set = 0; set < SETS; set++) {
    const attributes = encodeAttributes(
      {
        origin: 2,
        asPath: [],
        localPreference: 100,
        communities: [],
        clusterList: [],
        extendedCommunities: [
          routeTarget(AUTONOMOUS_SYSTEM, set),
          encapsulationCommunity(TUNNEL_GRE),
          encapsulationCommunity(TUNNEL_MPLS_OVER_UDP),
        ],
        largeCommunities: [],
        unknown: [],
      },
      { fourOctetAs: true },
    );
    const all = routesOfSet(set, routes);
    for (let first = 0; first < all.length; first += routesAMessage) {
      const reach = {
        family: "inet-vpn" as const,
        routes: all.slice(first, first + routesAMessage),
        nextHop: NEXT_HOP,
      };
      const encoded = encodeReach(reach, attributes, MAX_MESSAGE_BYTES);
      if (encoded.kind !== "encoded") throw new Error("the attributes leave no room for a route");
      parts.push(...encoded.messages);
    }
  }
  return Buffer.concat(parts);
}

function routesOfSet(set: number, routes: number) {
  const count = Math.floor(routes / SETS) + (set < routes % SETS ? 1 : 0);
  return Array.from({ length: count }, (_, index) => {
    const number = index * SETS + set;
    return {
      rdHigh: AUTONOMOUS_SYSTEM, // Type 0, RFC 4364 section 4.2.
      rdLow: set,
      address: FIRST_ADDRESS + number,
      length: 32,
      label: FIRST_LABEL + (number % LABELS),
    };
  });
}
