import type { InclusiveMulticastRoute, MacIpRoute, SelectiveMulticastRoute } from "@contrail/bgp";
import { ContrailError } from "@contrail/errors";
import { inetPrefix } from "@contrail/net";
import type { IpPrefix } from "@contrail/rib";
import type { agentWire } from "@contrail/wire";
import type { AgentFamily } from "./agent-family.ts";
import { addressOf, fromOctets, fromWireMac } from "./wire-octets.ts";

/** An EVPN route that an agent may publish. */
export type AgentEvpn = MacIpRoute | InclusiveMulticastRoute | SelectiveMulticastRoute;

/** What an agent may publish a route to, without what the route says; labels and distinguishers are 0. */
export type AgentDestination = IpPrefix | AgentEvpn;

const LAST_ETHERNET_TAG = 0xffffff;
/** Flags of type 6: versions 1 to 3, and that sources are excluded (RFC 9251 section 9.1). */
const LAST_FLAGS = 0x0f;
const UNDISTINGUISHED = { rdHigh: 0, rdLow: 0 } as const;

/**
 * A destination as it came, host bits cleared; undefined for a family or EVPN type that only newer agents know. Throws
 * "control.bad_request" for one that the session does not have, and for what is no destination.
 */
export function fromWireDestination(
  wire: agentWire.Prefix | undefined,
  families: ReadonlySet<AgentFamily>,
): AgentDestination | undefined {
  const given = wire?.prefix;
  switch (given?.$case) {
    case "inet":
      return fromWireInet(given.value);
    case "inet6":
      agreed("inet6", families);
      return fromWireInet6(given.value);
    case "evpn":
      agreed("e-vpn", families);
      return fromWireEvpn(given.value);
    default:
      return undefined;
  }
}

function agreed(family: AgentFamily, families: ReadonlySet<AgentFamily>): void {
  if (!families.has(family))
    throw new ContrailError("control.bad_request", `a route of ${family}, which Hello did not ask for`);
}

function fromWireInet({ address, length }: agentWire.InetPrefix): IpPrefix {
  if (length > 32) throw new ContrailError("control.bad_request", `a prefix length of ${length}`);
  return inetPrefix(address, length);
}

function fromWireInet6({ address: octets, length }: agentWire.Inet6Prefix): IpPrefix {
  const address = addressOf(octets, "an IPv6 prefix");
  if (typeof address === "number") throw new ContrailError("control.bad_request", "an IPv6 prefix of 4 octets");
  if (length > 128) throw new ContrailError("control.bad_request", `a prefix length of ${length}`);
  const hostBits = BigInt(128 - length);
  return { address: (address >> hostBits) << hostBits, length };
}

function fromWireEvpn({ route }: agentWire.EvpnRoute): AgentEvpn | undefined {
  switch (route?.$case) {
    case "macIp":
      return fromWireMacIp(route.value);
    case "inclusiveMulticast": {
      const { ethernetTag, originator } = route.value;
      return { type: 3, ...tagged(ethernetTag), originator: addressOf(originator, "an originator") };
    }
    case "ipPrefix":
      throw new ContrailError(
        "control.bad_request",
        "an EVPN prefix: publish it as an IP route with router_mac, of which it is made here",
      );
    case "selectiveMulticast":
      return fromWireSelective(route.value);
    default:
      return undefined;
  }
}

function fromWireMacIp({ ethernetTag, mac, ip }: agentWire.EvpnMacIp): MacIpRoute {
  return {
    type: 2,
    ...tagged(ethernetTag),
    segment: 0n,
    mac: fromWireMac(mac, "MAC address"),
    ip: fromOctets(ip, "an IP address"),
    label: 0,
    label2: undefined,
  };
}

function fromWireSelective(wire: agentWire.EvpnSelectiveMulticast): SelectiveMulticastRoute {
  const { ethernetTag, flags } = wire;
  const source = fromOctets(wire.source, "a source");
  const group = fromOctets(wire.group, "a group");
  const originator = addressOf(wire.originator, "an originator");
  if (group !== undefined && !isGroup(group))
    throw new ContrailError("control.bad_request", "a group that is no multicast address");
  if (source !== undefined && typeof source !== typeof (group ?? source))
    throw new ContrailError("control.bad_request", "a source of another version than its group");
  if (flags > LAST_FLAGS) throw new ContrailError("control.bad_request", `flags of a group of ${flags}`);
  return { type: 6, ...tagged(ethernetTag), source, group, originator, flags };
}

/** 224.0.0.0/4 or ff00::/8. */
function isGroup(address: number | bigint): boolean {
  return typeof address === "number" ? address >>> 28 === 0xe : address >> 120n === 0xffn;
}

function tagged(ethernetTag: number) {
  if (ethernetTag > LAST_ETHERNET_TAG)
    throw new ContrailError("control.bad_request", `an Ethernet tag of ${ethernetTag}`);
  return { ...UNDISTINGUISHED, ethernetTag };
}
