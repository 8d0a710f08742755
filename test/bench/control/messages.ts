import {
  encapsulationCommunity,
  encodeAttributes,
  encodeEndOfRib,
  encodeReach,
  MAX_MESSAGE_BYTES,
  type PathAttributes,
  type Reach,
  routeTarget,
  TUNNEL_GRE,
  TUNNEL_MPLS_OVER_UDP,
} from "@contrail/bgp";
import { AUTONOMOUS_SYSTEM } from "./speaker-under-test.ts";

/** 10.0.0.0, in which the routes are. */
const FIRST_ADDRESS = 0x0a000000;
/** 172.31.0.2: FRR takes no next hop of 127.0.0.0/8. */
const NEXT_HOP = 0xac1f0002;
/** Labels below are reserved (RFC 3032 section 2.1). */
const FIRST_LABEL = 16;
const LABELS = 1_048_560;

/** Sets of attributes, each with a route target and a route distinguisher of its own, where nothing else is said. */
export const SETS = 1_000;

/** Routes that are announced. */
export interface Announced {
  readonly routes: number;
  readonly routesAMessage: number;
  /** Sets that the routes are in, equally. */
  readonly sets?: number;
  /** Number of the first set. */
  readonly firstSet?: number;
}

/** UPDATEs of VPNv4 routes, each a /32 with a label of its own, so many to a message at most; one after the other. */
export function announcements({ routes, routesAMessage, sets = SETS, firstSet = 0 }: Announced): Buffer {
  const parts: Uint8Array[] = [];
  for (let set = 0; set < sets; set++) {
    const attributes = encodeAttributes(
      {
        ...PLAIN,
        extendedCommunities: [
          targetOfSet(firstSet + set),
          encapsulationCommunity(TUNNEL_GRE),
          encapsulationCommunity(TUNNEL_MPLS_OVER_UDP),
        ],
      },
      { fourOctetAs: true },
    );
    const all = routesOfSet(set, firstSet + set, routes, sets);
    for (let first = 0; first < all.length; first += routesAMessage) {
      const part = all.slice(first, first + routesAMessage);
      parts.push(...encoded({ family: "inet-vpn", routes: part, nextHop: NEXT_HOP }, attributes));
    }
  }
  return Buffer.concat(parts);
}

/** UPDATEs that ask for the routes of the first so many sets, and the end of such (RFC 4684 section 6). */
export function memberships(sets: number): Buffer {
  const routes = Array.from({ length: sets }, (_, set) => ({
    originAs: AUTONOMOUS_SYSTEM,
    routeTarget: targetOfSet(set),
    length: 96,
  }));
  const attributes = encodeAttributes(PLAIN, { fourOctetAs: true });
  const messages = encoded({ family: "route-target", routes, nextHop: NEXT_HOP }, attributes);
  return Buffer.concat([...messages, encodeEndOfRib("route-target")]);
}

/** The route target of a set: 64512:<number>. */
function targetOfSet(set: number): bigint {
  return routeTarget(AUTONOMOUS_SYSTEM, set);
}

const PLAIN: PathAttributes = {
  origin: 2,
  asPath: [],
  localPreference: 100,
  communities: [],
  clusterList: [],
  extendedCommunities: [],
  largeCommunities: [],
  unknown: [],
};

function encoded(reach: Reach, attributes: Uint8Array): readonly Uint8Array[] {
  const result = encodeReach(reach, attributes, MAX_MESSAGE_BYTES);
  if (result.kind !== "encoded") throw new Error("the attributes leave no room for a route");
  return result.messages;
}

function routesOfSet(set: number, rdLow: number, routes: number, sets: number) {
  const count = Math.floor(routes / sets) + (set < routes % sets ? 1 : 0);
  return Array.from({ length: count }, (_, index) => {
    const number = index * sets + set;
    return {
      rdHigh: AUTONOMOUS_SYSTEM, // Type 0, RFC 4364 section 4.2.
      rdLow,
      address: FIRST_ADDRESS + number,
      length: 32,
      label: FIRST_LABEL + (number % LABELS),
    };
  });
}
