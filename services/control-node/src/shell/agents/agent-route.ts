import { ACCEPT_OWN_NEXTHOP, formatIpAddress, formatRoutes } from "@contrail/bgp";
import { ContrailError } from "@contrail/errors";
import { formatInetAddress } from "@contrail/net";
import type { AgentEvpnRoute, AgentRoute } from "@contrail/rib";
import type { agentWire } from "@contrail/wire";
import { type AgentDestination, type AgentEvpn, fromWireDestination } from "./agent-destination.ts";
import type { AgentFamily } from "./agent-family.ts";
import { FIRST_LABEL, LAST_LABEL, labelFieldOf } from "./evpn-label.ts";
import { fromWireRole, fromWireSubProtocol } from "./route-words.ts";
import { fromWireMac } from "./wire-octets.ts";

/** Communities of a route are bounded, so that its attributes fit a BGP message of 4096 octets. */
const MAX_GROUPS_AND_TAGS = 256;
const MAX_COMMUNITIES = 64;
const MAX_ENCAPSULATIONS = 8;
/** Tunnel types have 16 bits in the encapsulation community (RFC 9012 section 4.1). */
const LAST_TUNNEL_TYPE = 0xffff;

const OF_EVPN_ALONE = "says what only EVPN says: etree_leaf is of type 2, assisted and edge replication of type 3";

/** Who published, and which families its session has. */
export interface Publisher {
  readonly hostAddress: number;
  readonly families: ReadonlySet<AgentFamily>;
}

/**
 * A route as an agent published it; undefined for a family that only newer ones know. Throws "control.permission_denied"
 * where it leads to another host, "control.bad_request" where it is no route, or of a family that the session has not.
 */
export function fromWireRoute(route: agentWire.AgentRoute, publisher: Publisher): AgentRoute | undefined {
  const destination = fromWireDestination(route.prefix, publisher.families);
  if (destination === undefined) return undefined;
  const { nextHop } = route;
  if (nextHop === undefined) throw refused(destination, "has no next hop");
  if (nextHop.address !== publisher.hostAddress) throw foreign(destination, nextHop.address, publisher);
  checkLists(route, nextHop, destination);
  const said = {
    nextHop: nextHop.address,
    localPreference: route.localPreference,
    sequence: route.sequence,
    securityGroupIds: route.securityGroupIds,
    virtualNetworkId: route.virtualNetworkId,
    encapsulations: nextHop.encapsulations,
    sticky: route.sticky,
    med: route.med,
    loadBalance: route.loadBalance,
    communities: communitiesOf(route),
    tagIds: nextHop.tagIds,
    localSequence: nextHop.localSequence,
    routerMac: routerMacOf(nextHop, destination),
  };
  if ("type" in destination)
    return { ...said, ...evpnParts(destination, nextHop, publisher), ...bridgingParts(destination, route) };
  if (saysBridging(route)) throw refused(destination, OF_EVPN_ALONE);
  if (nextHop.label < FIRST_LABEL || nextHop.label > LAST_LABEL)
    throw refused(destination, `has label ${nextHop.label}`);
  return { ...destination, ...said, label: nextHop.label, subProtocol: fromWireSubProtocol(route.subProtocol) };
}

function checkLists(route: agentWire.AgentRoute, nextHop: agentWire.NextHop, destination: AgentDestination): void {
  if (route.securityGroupIds.length + nextHop.tagIds.length > MAX_GROUPS_AND_TAGS)
    throw refused(destination, `has more than ${MAX_GROUPS_AND_TAGS} security groups and tags`);
  if (route.communities.length > MAX_COMMUNITIES)
    throw refused(destination, `has more than ${MAX_COMMUNITIES} communities`);
  if (nextHop.encapsulations.length > MAX_ENCAPSULATIONS)
    throw refused(destination, `has more than ${MAX_ENCAPSULATIONS} encapsulations`);
  const tunnel = nextHop.encapsulations.find((each) => each > LAST_TUNNEL_TYPE);
  if (tunnel !== undefined) throw refused(destination, `has encapsulation ${tunnel}`);
}

/** ACCEPT_OWN_NEXTHOP marks what control nodes make, and is theirs to say. */
function communitiesOf({ communities }: agentWire.AgentRoute): readonly number[] | undefined {
  return communities.length === 0 ? undefined : communities.filter((community) => community !== ACCEPT_OWN_NEXTHOP);
}

/** The router's MAC of a route: one station's (RFC 9136 section 3.2). */
function routerMacOf({ routerMac }: agentWire.NextHop, destination: AgentDestination): number | undefined {
  return routerMac === undefined ? undefined : fromWireMac(routerMac, `route ${nameOf(destination)} has router's MAC`);
}

function evpnParts(
  evpn: AgentEvpn,
  nextHop: agentWire.NextHop,
  publisher: Publisher,
): Pick<AgentEvpnRoute, "evpn" | "floodingLabel"> {
  if (evpn.type !== 2 && evpn.originator !== publisher.hostAddress) throw foreign(evpn, evpn.originator, publisher);
  const { label, l3Label, encapsulations } = nextHop;
  switch (evpn.type) {
    case 2: {
      const label2 = l3Label === undefined ? undefined : labelField(evpn, l3Label, encapsulations);
      return { evpn: { ...evpn, label: labelField(evpn, label, encapsulations), label2 } };
    }
    case 3:
      return { evpn, floodingLabel: labelField(evpn, label, encapsulations) };
    case 6:
      return { evpn };
  }
}

/** What types 2 and 3 say of what goes to all. Others may not: their hosts would believe that it is heeded. */
function bridgingParts(
  evpn: AgentEvpn,
  route: agentWire.AgentRoute,
): Pick<AgentEvpnRoute, "leaf" | "replication"> | undefined {
  const { etreeLeaf: leaf, edgeReplicationNotSupported } = route;
  switch (evpn.type) {
    case 2:
      if (saysReplication(route)) throw refused(evpn, OF_EVPN_ALONE);
      return { leaf };
    case 3:
      if (leaf) throw refused(evpn, OF_EVPN_ALONE);
      return {
        replication: {
          role: fromWireRole(route.assistedReplication),
          edge: edgeReplicationNotSupported === undefined ? undefined : !edgeReplicationNotSupported,
        },
      };
    case 6:
      if (saysBridging(route)) throw refused(evpn, OF_EVPN_ALONE);
      return undefined;
  }
}

function saysBridging(route: agentWire.AgentRoute): boolean {
  return route.etreeLeaf || saysReplication(route);
}

function saysReplication({ assistedReplication, edgeReplicationNotSupported }: agentWire.AgentRoute): boolean {
  return fromWireRole(assistedReplication) !== undefined || edgeReplicationNotSupported !== undefined;
}

function labelField(evpn: AgentEvpn, label: number, encapsulations: readonly number[]): number {
  const field = labelFieldOf(label, encapsulations);
  if (typeof field === "string") throw refused(evpn, `has ${field}`);
  return field;
}

function foreign(destination: AgentDestination, address: number | bigint, { hostAddress }: Publisher): ContrailError {
  const [given, own] = [formatIpAddress(address), formatInetAddress(hostAddress)];
  const text = `route ${nameOf(destination)} leads to ${given}; an agent speaks for ${own}`;
  return new ContrailError("control.permission_denied", text);
}

function refused(destination: AgentDestination, what: string): ContrailError {
  return new ContrailError("control.bad_request", `route ${nameOf(destination)} ${what}`);
}

/** For people. */
function nameOf(destination: AgentDestination): string {
  if (!("type" in destination)) return `${formatIpAddress(destination.address)}/${destination.length}`;
  return formatRoutes({ family: "e-vpn", routes: [destination] }).join("");
}
