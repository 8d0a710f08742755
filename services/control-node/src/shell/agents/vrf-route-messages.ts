import { type EvpnRoute, evpnRouteOf } from "@contrail/bgp";
import {
  type IpPrefix,
  keyAddress,
  keyLength,
  prefixOfKey,
  type Rib,
  type SharedRoute,
  type VrfKey,
  type VrfNextHop,
} from "@contrail/rib";
import type { agentWire } from "@contrail/wire";
import { encodeBody } from "./control-message.ts";
import { labelInField } from "./evpn-label.ts";
import { toWireRole } from "./route-words.ts";
import { toOctets } from "./wire-octets.ts";

/** Routes in one message. */
export const ROUTES_PER_MESSAGE = 1_000;
/**
 * Communities, groups and tags in one message, unless it is one route alone: a peer may say thousands of each route, and a
 * message of gRPC has 16 MiB at most.
 */
const NUMBERS_PER_MESSAGE = 200_000;

/**
 * Messages that bring agents to the present routes of these keys, without their sequence. EVPN routes of the types that
 * are between routers alone (1 and 4) are in none: who is on a segment is in the next hops of the addresses behind it.
 */
export function encodeRoutes(rib: Rib, name: string, keys: Iterable<VrfKey>): readonly Uint8Array[] {
  const bodies: Uint8Array[] = [];
  let reach: agentWire.Route[] = [];
  let unreach: agentWire.Prefix[] = [];
  let numbers = 0;
  const flush = (): void => {
    if (reach.length + unreach.length === 0) return;
    bodies.push(encodeBody({ $case: "routeUpdate", value: { vrf: name, reach, unreach } }));
    reach = [];
    unreach = [];
    numbers = 0;
  };
  for (const key of keys) {
    const route = toWireRoute(rib, name, key);
    if (route !== undefined) {
      numbers += numbersOf(route);
      reach.push(route);
    } else {
      const prefix = toWirePrefix(key);
      if (prefix !== undefined) unreach.push(prefix);
    }
    if (reach.length + unreach.length === ROUTES_PER_MESSAGE || numbers > NUMBERS_PER_MESSAGE) flush();
  }
  flush();
  return bodies;
}

function numbersOf({ communities, nextHops }: agentWire.Route): number {
  let count = communities.length;
  for (const { nextHop, securityGroupIds } of nextHops)
    count += securityGroupIds.length + (nextHop?.tagIds.length ?? 0);
  return count;
}

/** Messages that take these keys back from an agent, whatever is there. */
export function encodeWithdrawals(name: string, keys: Iterable<VrfKey>): readonly Uint8Array[] {
  const unreach = [...keys].flatMap((key) => toWirePrefix(key) ?? []);
  return unreach.length === 0 ? [] : [encodeBody({ $case: "routeUpdate", value: { vrf: name, reach: [], unreach } })];
}

/** A present route; undefined where it is gone, or not for agents. */
function toWireRoute(rib: Rib, name: string, key: VrfKey): agentWire.Route | undefined {
  if (typeof key === "number") {
    const found = rib.route(name, key);
    return found && withWays(found, inetPrefix(found.address, found.length), toWireNextHop);
  }
  const found = rib.keyedRoute(name, key);
  if (found?.family === "inet6-vpn") return withWays(found, inet6Prefix(found.route), toWireNextHop);
  const prefix = found && evpnPrefix(found.route);
  return prefix && withWays(found, prefix, toEvpnNextHop);
}

/** What a key names; undefined where it is not for agents. */
function toWirePrefix(key: VrfKey): agentWire.Prefix | undefined {
  if (typeof key === "number") return inetPrefix(keyAddress(key), keyLength(key));
  return typeof key === "bigint" ? inet6Prefix(prefixOfKey(key)) : evpnPrefix(evpnRouteOf(key));
}

function withWays(
  route: SharedRoute,
  prefix: agentWire.Prefix,
  toNextHop: (hop: VrfNextHop) => agentWire.NextHop,
): agentWire.Route {
  return {
    prefix,
    nextHops: route.nextHops.map((hop) => ({
      nextHop: toNextHop(hop),
      securityGroupIds: [...hop.securityGroupIds],
      originVirtualNetworkId: hop.virtualNetworkId,
    })),
    localPreference: route.localPreference,
    sequence: route.sequence,
    sticky: route.sticky ?? false,
    med: route.med,
    loadBalance: route.loadBalance,
    communities: [...route.communities],
    etreeLeaf: route.leaf ?? false,
    ...replicationParts(prefix, route),
  };
}

/** Of EVPN type 3. */
function replicationParts({ prefix }: agentWire.Prefix, { replicationRole, edgeReplication }: SharedRoute) {
  const isFlooding = prefix?.$case === "evpn" && prefix.value.route?.$case === "inclusiveMulticast";
  return {
    assistedReplication: toWireRole(replicationRole),
    edgeReplicationNotSupported: isFlooding ? edgeReplication !== true : undefined,
  };
}

function toWireNextHop({ address, label, encapsulations, tagIds, localSequence = 0 }: VrfNextHop): agentWire.NextHop {
  return { address, label, encapsulations: [...encapsulations], tagIds: [...tagIds], localSequence };
}

function toEvpnNextHop(hop: VrfNextHop): agentWire.NextHop {
  const { label, l3Label, routerMac, encapsulations } = hop;
  return {
    ...toWireNextHop(hop),
    label: labelInField(label, encapsulations),
    routerMac: routerMac === undefined ? undefined : BigInt(routerMac),
    l3Label: l3Label === undefined ? undefined : labelInField(l3Label, encapsulations),
  };
}

function inetPrefix(address: number, length: number): agentWire.Prefix {
  return { prefix: { $case: "inet", value: { address, length } } };
}

function inet6Prefix({ address, length }: IpPrefix): agentWire.Prefix {
  return { prefix: { $case: "inet6", value: { address: toOctets(address), length } } };
}

function evpnPrefix(route: EvpnRoute): agentWire.Prefix | undefined {
  const named = evpnName(route);
  return named && { prefix: { $case: "evpn", value: { route: named } } };
}

function evpnName(route: EvpnRoute): agentWire.EvpnRoute["route"] {
  const { ethernetTag } = { ethernetTag: 0, ...route };
  switch (route.type) {
    case 2:
      return { $case: "macIp", value: { ethernetTag, mac: BigInt(route.mac), ip: toOctets(route.ip) } };
    case 3:
      return { $case: "inclusiveMulticast", value: { ethernetTag, originator: toOctets(route.originator) } };
    case 5:
      return { $case: "ipPrefix", value: { ethernetTag, address: toOctets(route.address), length: route.length } };
    case 6: {
      const [source, group] = [toOctets(route.source), toOctets(route.group)];
      const originator = toOctets(route.originator);
      return { $case: "selectiveMulticast", value: { ethernetTag, source, group, originator, flags: route.flags } };
    }
    case 1:
    case 4:
      return undefined;
  }
}
