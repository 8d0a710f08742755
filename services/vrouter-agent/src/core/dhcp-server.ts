import { inetMask, inetPrefix, parseInetAddress, parseInetPrefix } from "@contrail/net";
import { list } from "@contrail/schema";
import type { ActivePort, NetworkSubnet } from "./active-port.ts";
import { annotations, CLOUDSTACK } from "./annotations.ts";
import { textOf } from "./config-view.ts";
import { hostRoutes } from "./desired-state.ts";
import { DHCP_OPTION, DHCP_TYPE, type DhcpRequest, octets32, writeDhcpReply } from "./dhcp-message.ts";
import { networkDomain } from "./network-names.ts";

/** A lease never ends in practice: the address is the configuration's, not the server's to give. */
const LEASE_SECONDS = 0xffffffff;

/**
 * The answer to a client of an interface: its address is the interface's own first one. Undefined: silence (RELEASE,
 * DECLINE, a request to another server, a subnet without DHCP).
 */
export function answerDhcp(request: DhcpRequest, port: ActivePort, mtuBytes: number): Uint8Array | undefined {
  const { subnet } = port;
  const [address] = port.addresses;
  if (subnet === undefined || !subnet.dhcp || address === undefined) return undefined;
  const serverAddress = subnet.gateway ?? subnet.dnsServer ?? subnet.prefix.address;
  const options = leaseOptions(port, mtuBytes);
  const reply = (type: number, yourAddress: number, given = options) =>
    writeDhcpReply({ type, request, yourAddress, serverAddress, options: given });
  switch (request.type) {
    case DHCP_TYPE.discover:
      return reply(DHCP_TYPE.offer, address);
    case DHCP_TYPE.request: {
      if (request.serverId !== undefined && request.serverId !== serverAddress) return undefined;
      const asked = request.requestedAddress ?? request.clientAddress;
      return asked === address ? reply(DHCP_TYPE.ack, address) : reply(DHCP_TYPE.nak, 0, []);
    }
    case DHCP_TYPE.inform:
      return reply(
        DHCP_TYPE.ack,
        0,
        options.filter(([code]) => !LEASE_TIMES.has(code)),
      );
    default:
      return undefined;
  }
}

const LEASE_TIMES: ReadonlySet<number> = new Set([
  DHCP_OPTION.leaseTime,
  DHCP_OPTION.renewalTime,
  DHCP_OPTION.rebindingTime,
]);

/** What comes with an address, in ascending order of code. */
function leaseOptions(port: ActivePort, mtuBytes: number): (readonly [number, Uint8Array])[] {
  const { subnet } = port;
  if (subnet === undefined) return [];
  const isDefault = isDefaultInterface(port);
  const options: (readonly [number, Uint8Array])[] = [
    [DHCP_OPTION.subnetMask, octets32(inetMask(subnet.prefix.length))],
  ];
  if (isDefault && subnet.gateway !== undefined) options.push([DHCP_OPTION.router, octets32(subnet.gateway)]);
  const servers = nameServers(subnet);
  if (isDefault && servers.length > 0) options.push([DHCP_OPTION.dnsServers, join(servers.map(octets32))]);
  const name = hostName(annotations(port.interface).get(CLOUDSTACK.dnsName) ?? port.port["display-name"]);
  if (name !== "") options.push([DHCP_OPTION.hostName, ascii(name)]);
  const domain = networkDomain(port.network);
  if (isDefault && domain !== undefined) options.push([DHCP_OPTION.domainName, ascii(domain)]);
  options.push([DHCP_OPTION.interfaceMtu, Uint8Array.of(mtuBytes >> 8, mtuBytes & 255)]);
  options.push([DHCP_OPTION.leaseTime, octets32(LEASE_SECONDS)]);
  const routes = classlessRoutes(port, isDefault);
  if (routes.length > 0) options.push([DHCP_OPTION.classlessRoutes, routes]);
  return options;
}

/**
 * False where CloudStack says that another interface of the machine has the default route: from this one it gets neither
 * router nor name servers nor domain, as from CloudStack's virtual router.
 */
function isDefaultInterface(port: ActivePort): boolean {
  return annotations(port.interface).get(CLOUDSTACK.defaultNic) !== "false";
}

/** Routes of the subnet, and the default one, which a client takes from here when it is present (RFC 3442). */
function classlessRoutes({ subnet }: ActivePort, isDefault: boolean): Uint8Array {
  const routes = subnet === undefined ? [] : hostRoutes(subnet);
  const parsed = routes.flatMap(({ prefix, nextHop }) => {
    const [to, via] = [parseInetPrefix(prefix), parseInetAddress(nextHop)];
    return to === undefined || via === undefined ? [] : [{ to, via }];
  });
  if (parsed.length === 0) return new Uint8Array(0);
  const all =
    subnet?.gateway === undefined || !isDefault ? parsed : [...parsed, { to: inetPrefix(0, 0), via: subnet.gateway }];
  return join(
    all.map(({ to, via }) => {
      const significant = octets32(to.address).subarray(0, Math.ceil(to.length / 8));
      return join([Uint8Array.of(to.length), significant, octets32(via)]);
    }),
  );
}

/** The subnet's own list; else the address where the agent answers: dns_server_address, or the gateway. */
function nameServers({ json, dnsServer, gateway }: NetworkSubnet): readonly number[] {
  const servers = list(json.dns_nameservers);
  if (servers.length > 0) return servers.slice(0, 16).flatMap((server) => parseInetAddress(textOf(server)) ?? []);
  const own = dnsServer ?? gateway;
  return own === undefined ? [] : [own];
}

/** A name as a label of the domain name system (RFC 1123 section 2.1). */
function hostName(name: string): string {
  return name
    .replace(/[^A-Za-z0-9-]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 63);
}

function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0) & 127);
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes;
}
