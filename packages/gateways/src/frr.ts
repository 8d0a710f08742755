import { ContrailError } from "@contrail/errors";
import { formatInetPrefix, parseInetAddress } from "@contrail/net";
import type { ExtendedNetwork, Gateway, Neighbour } from "./gateway.ts";
import { argument, comment, KEY_PLACEHOLDER } from "./safe-text.ts";
import { isInet6, prefixesAround } from "./subnets.ts";

/** How a text is made, beside the configuration. */
export interface FrrOptions {
  /** Write keys; otherwise a word stands for each, which the operator replaces. */
  readonly secrets: boolean;
  /** Name of the network whose routes go to FRR's main table; each of the others has a VRF device. */
  readonly mainTable: string | undefined;
}

/** A network with a VNI, and the device of its VRF; undefined: the main table. */
export interface FrrNetwork extends ExtendedNetwork {
  readonly vni: number;
  readonly vrf: string | undefined;
}

const CONNECTED = "contrail-connected";

/**
 * frr.conf of a gateway that exchanges EVPN type 5 routes (RFC 9136) with the control nodes and tunnels by VXLAN. Equal
 * input gives equal text. Throws "gateway.…" where FRR cannot do what the configuration says, with what to do next.
 */
export function renderFrr(gateway: Gateway, options: FrrOptions): string {
  const networks = frrNetworks(gateway, options.mainTable);
  const main = networks.find(({ vrf }) => vrf === undefined);
  const separate = networks.filter(({ vrf }) => vrf !== undefined);
  const lines = [
    `! ${comment(gateway.name)}: made by contrail gateway render; change the configuration objects instead`,
    "frr defaults traditional",
    ...(main === undefined ? [] : [`! network ${comment(main.name)}, in the main table`, `vni ${main.vni}`]),
    ...separate.flatMap(vrfDevice),
    ...(main === undefined ? [] : connectedFilter(gateway)),
    "!",
    `router bgp ${gateway.autonomousSystem}`,
    ` bgp router-id ${gateway.routerId}`,
    " no bgp default ipv4-unicast",
    ...(gateway.neighbours.some(isExternal) ? [" no bgp ebgp-requires-policy"] : []),
    ...gateway.neighbours.flatMap((neighbour) => session(gateway, neighbour, options.secrets)),
    ...(main === undefined ? [] : unicast(main, ` route-map ${CONNECTED}`)),
    " !",
    " address-family l2vpn evpn",
    ...gateway.neighbours.map(({ address }) => `  neighbor ${address} activate`),
    "  advertise-all-vni",
    ...(main === undefined ? [] : prefixRoutes(main)),
    " exit-address-family",
    "exit",
    ...separate.flatMap((network) => vrf(gateway, network)),
    "",
  ];
  return lines.join("\n");
}

/** The networks as FRR has them; throws where it cannot. */
export function frrNetworks(gateway: Gateway, mainTable: string | undefined): readonly FrrNetwork[] {
  check(gateway, mainTable);
  const names = new Map<number, string>();
  // A public network that nobody named here keeps no other one from the gateway.
  const networks = gateway.networks.filter(({ vni, isNamed }) => vni !== undefined || isNamed);
  return networks.map((network) => {
    const { vni } = network;
    const name = argument(network.name);
    if (vni === undefined) {
      throw new ContrailError(
        "gateway.bad_request",
        `network ${name} has no VNI; vxlan_network_identifier_mode is "configured", so set vxlan_network_identifier in ` +
          `virtual_network_properties: contrail api edit virtual-network ${name}`,
      );
    }
    const other = names.get(vni);
    if (other !== undefined) {
      const next = `give one of them another vxlan_network_identifier: contrail api edit virtual-network ${name}`;
      throw new ContrailError("gateway.bad_request", `networks ${other} and ${name} both have VNI ${vni}; ${next}`);
    }
    names.set(vni, name);
    return { ...network, vni, vrf: network.name === mainTable ? undefined : `vrf${vni}` };
  });
}

function check({ encapsulations, neighbours, networks, name }: Gateway, mainTable: string | undefined): void {
  if (!encapsulations.includes("VXLAN")) {
    throw new ContrailError(
      "gateway.unsupported",
      "FRR tunnels by VXLAN, which is not among the encapsulation_priorities; add it: contrail api edit " +
        "global-vrouter-config default-global-system-config:default-global-vrouter-config",
    );
  }
  const lacking = neighbours.filter(({ families }) => !families.includes("e-vpn")).map((neighbour) => neighbour.name);
  if (lacking.length > 0) {
    const commands = [name, ...lacking].map((router) => `contrail api edit bgp-router ${argument(router)}`).join("; ");
    throw new ContrailError(
      "gateway.bad_request",
      `the session of ${name} with ${lacking.join(", ")} has no e-vpn, which FRR needs; where a router or the session ` +
        `lists address_families, e-vpn has to be among them: ${commands}`,
    );
  }
  if (mainTable !== undefined && !networks.some((network) => network.name === mainTable)) {
    const known = networks.map((network) => network.name).join(", ") || "none";
    throw new ContrailError("gateway.not_found", `${mainTable} is not extended to ${name}; extended are: ${known}`);
  }
}

function vrfDevice({ name, vrf: device, vni }: FrrNetwork): readonly string[] {
  return ["!", `! network ${comment(name)}`, `vrf ${device}`, ` vni ${vni}`, "exit-vrf"];
}

function session(gateway: Gateway, neighbour: Neighbour, secrets: boolean): readonly string[] {
  const { address, peerAs, localAs, port, holdTimeSeconds, passive, key } = neighbour;
  const keepalive = holdTimeSeconds === undefined ? undefined : Math.floor(holdTimeSeconds / 3);
  return [
    ` neighbor ${address} remote-as ${peerAs}`,
    ...(localAs === gateway.autonomousSystem ? [] : [` neighbor ${address} local-as ${localAs} no-prepend replace-as`]),
    ` neighbor ${address} description ${comment(neighbour.name)}`,
    ` neighbor ${address} update-source ${gateway.address}`,
    ...distance(neighbour),
    ...(port === 179 ? [] : [` neighbor ${address} port ${port}`]),
    ...(keepalive === undefined ? [] : [` neighbor ${address} timers ${keepalive} ${holdTimeSeconds}`]),
    ...(passive ? [` neighbor ${address} passive`] : []),
    ...(key === undefined ? [] : [` neighbor ${address} password ${secrets ? key : KEY_PLACEHOLDER}`]),
  ];
}

/** FRR sends with TTL 255 to internal peers anyway, and to external ones where they may be farther than one hop. */
function distance(neighbour: Neighbour): readonly string[] {
  const { address, ttlSecurityHops } = neighbour;
  if (!isExternal(neighbour)) return [];
  if (ttlSecurityHops !== undefined) return [` neighbor ${address} ttl-security hops ${ttlSecurityHops}`];
  return [` neighbor ${address} ebgp-multihop`];
}

function isExternal({ localAs, peerAs }: Neighbour): boolean {
  return localAs !== peerAs;
}

function vrf(gateway: Gateway, network: FrrNetwork): readonly string[] {
  return [
    "!",
    `router bgp ${gateway.autonomousSystem} vrf ${network.vrf}`,
    ` bgp router-id ${gateway.routerId}`,
    ...unicast(network, ""),
    " !",
    " address-family l2vpn evpn",
    ...prefixRoutes(network),
    " exit-address-family",
    "exit",
  ];
}

/** What goes into the table's unicast families, from where it is advertised as EVPN. */
function unicast(network: FrrNetwork, policy: string): readonly string[] {
  return versions(network).flatMap((version) => [
    " !",
    ` address-family ${version} unicast`,
    `  redistribute connected${version === "ipv4" ? policy : ""}`,
    " exit-address-family",
  ]);
}

function prefixRoutes(network: FrrNetwork): readonly string[] {
  return [
    ...versions(network).map((version) => `  advertise ${version} unicast`),
    `  rd ${network.routeDistinguisher}`,
    ...network.importTargets.map((target) => `  route-target import ${target}`),
    ...network.exportTargets.map((target) => `  route-target export ${target}`),
  ];
}

/** IPv4 always, IPv6 where the network has such a subnet. */
function versions({ prefixes }: ExtendedNetwork): readonly ("ipv4" | "ipv6")[] {
  return prefixes.some(isInet6) ? ["ipv4", "ipv6"] : ["ipv4"];
}

/**
 * The main table holds the underlay too: whatever connected network the tunnels or the sessions end in is not told to the
 * network's machines.
 */
function connectedFilter({ address, tunnelAddress }: Gateway): readonly string[] {
  const own = [...new Set([address, tunnelAddress])].flatMap((each) => prefixesAround(parseInetAddress(each) ?? 0));
  const denied = [...new Set(own.map(formatInetPrefix))];
  return [
    "!",
    ...denied.map((prefix) => `ip prefix-list ${CONNECTED} deny ${prefix}`),
    `ip prefix-list ${CONNECTED} permit 0.0.0.0/0 le 32`,
    `route-map ${CONNECTED} permit 10`,
    ` match ip address prefix-list ${CONNECTED}`,
    "exit",
  ];
}
