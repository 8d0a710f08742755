import { agentRoute } from "@contrail/control-node/testing";
import { parseInet6Address, parseInetAddress, parseMacAddress } from "@contrail/net";
import { agentWire } from "@contrail/wire";
import type { SaidAttributes, SaidFamily, SaidRoute, ToldAttributes } from "./agent-protocol.ts";

/** The families as Hello has them. */
export function wireFamilies(families: readonly SaidFamily[]): readonly agentWire.AddressFamily[] {
  const { ADDRESS_FAMILY_INET6, ADDRESS_FAMILY_E_VPN } = agentWire.AddressFamily;
  return families.map((family) => (family === "inet6" ? ADDRESS_FAMILY_INET6 : ADDRESS_FAMILY_E_VPN));
}

/** A route of a host as it publishes it. */
export function wireRoute(route: SaidRoute, hostAddress: number): agentWire.AgentRoute {
  const { label, encapsulations, sequence = 0, sticky = false, l3Label, tags = [], localSequence = 0 } = route;
  const routerMac = route.routerMac === undefined ? undefined : macOf(route.routerMac);
  const hop = { address: hostAddress, label, encapsulations: [...encapsulations], routerMac, l3Label };
  return {
    ...agentRoute(hostAddress, 0),
    prefix: wireDestination(route, hostAddress),
    nextHop: { ...hop, tagIds: [...tags], localSequence },
    sequence,
    sticky,
    ...wireAttributes(route),
  };
}

function wireAttributes({ communities = [], med, leaf = false, role, edgeReplicationNotSupported }: SaidAttributes) {
  return {
    communities: [...communities],
    med,
    etreeLeaf: leaf,
    assistedReplication: roleOf(role),
    edgeReplicationNotSupported,
  };
}

function roleOf(role: SaidAttributes["role"]): agentWire.AssistedReplication {
  const { ASSISTED_REPLICATION_UNSPECIFIED, ASSISTED_REPLICATION_REPLICATOR, ASSISTED_REPLICATION_LEAF } =
    agentWire.AssistedReplication;
  if (role === undefined) return ASSISTED_REPLICATION_UNSPECIFIED;
  return role === "replicator" ? ASSISTED_REPLICATION_REPLICATOR : ASSISTED_REPLICATION_LEAF;
}

/** What an agent was told of its routes beside where they lead, of those of which it was told anything. */
export function toldAttributes(routes: ReadonlyMap<string, agentWire.Route>): Readonly<Record<string, ToldAttributes>> {
  const told = [...routes].map(([key, route]) => [key, attributesOf(route)] as const);
  return Object.fromEntries(told.filter(([, each]) => JSON.stringify(each) !== NOTHING_TOLD));
}

const NOTHING_TOLD = JSON.stringify({ communities: [], tags: [], localSequence: 0, leaf: false, role: 0 });

function attributesOf(route: agentWire.Route): ToldAttributes {
  const { nextHops, communities, med, etreeLeaf: leaf, assistedReplication: role, edgeReplicationNotSupported } = route;
  const { tagIds: tags = [], localSequence = 0 } = nextHops[0]?.nextHop ?? {};
  return { communities, tags, localSequence, med, leaf, role, edgeReplicationNotSupported };
}

/** Where it leads to: what a withdrawal names. */
export function wireDestination({ to }: SaidRoute, hostAddress: number): agentWire.Prefix {
  switch (to.kind) {
    case "inet":
      return { prefix: { $case: "inet", value: { address: parseInetAddress(to.address) ?? 0, length: to.length } } };
    case "inet6":
      return { prefix: { $case: "inet6", value: { address: octetsOf(to.address), length: to.length } } };
    case "machine": {
      const ip = to.ip === undefined ? Buffer.alloc(0) : octetsOf(to.ip);
      return evpn({ $case: "macIp", value: { ethernetTag: 0, mac: macOf(to.mac), ip } });
    }
    case "flooding": {
      const originator = Buffer.alloc(4);
      originator.writeUInt32BE(hostAddress);
      return evpn({ $case: "inclusiveMulticast", value: { ethernetTag: 0, originator } });
    }
  }
}

function evpn(route: agentWire.EvpnRoute["route"]): agentWire.Prefix {
  return { prefix: { $case: "evpn", value: { route } } };
}

function macOf(text: string): bigint {
  return BigInt(parseMacAddress(text) ?? 0);
}

function octetsOf(text: string): Buffer {
  const inet = parseInetAddress(text);
  const hex = inet === undefined ? (parseInet6Address(text) ?? 0n).toString(16).padStart(32, "0") : inet.toString(16);
  return Buffer.from(inet === undefined ? hex : hex.padStart(8, "0"), "hex");
}
