import type { FamilyName } from "@contrail/bgp";
import { ContrailError } from "@contrail/errors";
import type { ExtendedNetwork, Gateway, Neighbour } from "./gateway.ts";
import { instanceName } from "./junos-names.ts";
import { publicNetworks } from "./junos-public.ts";
import { argument, comment, KEY_PLACEHOLDER } from "./safe-text.ts";
import { isInet6 } from "./subnets.ts";

const GROUP = "contrail";
/** Name of the community that says MPLSoUDP (RFC 9012 section 4.1, tunnel type 13). */
const UDP = "contrail-encapsulation-udp";

/** The families of a session by their Junos names; the others have none there that we speak. */
const FAMILIES: Readonly<Partial<Record<FamilyName, string>>> = {
  "route-target": "route-target",
  "e-vpn": "evpn signaling",
  "inet-vpn": "inet-vpn unicast",
  "inet6-vpn": "inet6-vpn unicast",
};

/**
 * The configuration of an MX as "set" lines in one group, which they replace as a whole: a VRF for each network, dynamic
 * MPLSoUDP or MPLSoGRE tunnels to the vRouters, sessions with the control nodes. Equal input gives equal text. Sources of
 * the statements: docs/gateways.md. Throws "gateway.…" where Junos cannot do what the configuration says.
 */
export function renderJunos(gateway: Gateway, { secrets }: { readonly secrets: boolean }): string {
  const tunnel = tunnelType(gateway);
  const groups = Map.groupBy(gateway.neighbours, ({ localAs, peerAs }) => `${localAs} ${peerAs}`);
  const statements = [
    `routing-options router-id ${gateway.routerId}`,
    `routing-options autonomous-system ${gateway.autonomousSystem}`,
    // Control nodes are no tunnel end points: their memberships would wait for a way in inet.3 for ever.
    "routing-options resolution rib bgp.rtarget.0 resolution-ribs inet.0",
    `routing-options dynamic-tunnels ${GROUP} source-address ${gateway.tunnelAddress}`,
    `routing-options dynamic-tunnels ${GROUP} ${tunnel}`,
    ...gateway.underlay.map((prefix) => `routing-options dynamic-tunnels ${GROUP} destination-networks ${prefix}`),
    ...[...groups.values()].flatMap((neighbours, index) => group(gateway, neighbours, index, secrets)),
    ...(usesInet6(gateway) ? ["protocols mpls ipv6-tunneling"] : []),
    ...communities(gateway, tunnel),
    ...gateway.networks.flatMap((network) => instance(network, tunnel)),
    ...publicNetworks(gateway.networks.filter(({ isPublic }) => isPublic)),
  ];
  return [
    `delete groups ${GROUP}`,
    ...statements.map((statement) => `set groups ${GROUP} ${statement}`),
    `set apply-groups ${GROUP}`,
    "",
  ].join("\n");
}

/** To one tunnel end point leads one kind of tunnel, or the commit fails: that which vRouters prefer. */
function tunnelType({ encapsulations, underlay, neighbours, name }: Gateway): "udp" | "gre" {
  const lacking = neighbours.find(({ families }) => !families.includes("inet-vpn"));
  if (lacking !== undefined) {
    throw new ContrailError(
      "gateway.bad_request",
      `the session of ${name} with ${lacking.name} has no inet-vpn, which an MX needs; add it to the address_families of ` +
        `both routers and of the session: contrail api edit bgp-router ${name}`,
    );
  }
  if (neighbours.some(({ ttlSecurityHops }) => ttlSecurityHops !== undefined)) {
    throw new ContrailError(
      "gateway.unsupported",
      `no statement of Junos is rendered for ttl_security_hops; take it out of the session's attributes: contrail api edit ` +
        `bgp-router ${name}`,
    );
  }
  if (underlay.length === 0) {
    throw new ContrailError(
      "gateway.not_found",
      "there is no vRouter to tunnel to: no virtual-router with an address, and no ip_fabric_subnets; add hosts, or name " +
        "their prefixes: contrail api edit global-system-config default-global-system-config",
    );
  }
  const preferred = encapsulations.find((each) => each === "MPLSoUDP" || each === "MPLSoGRE");
  if (preferred !== undefined) return preferred === "MPLSoUDP" ? "udp" : "gre";
  throw new ContrailError(
    "gateway.unsupported",
    "an MX tunnels by MPLSoUDP or MPLSoGRE, and neither is among the encapsulation_priorities; add one: contrail api edit " +
      "global-vrouter-config default-global-system-config:default-global-vrouter-config",
  );
}

/** Neighbours of one pair of AS numbers; the first group has the plain name. */
function group(gateway: Gateway, neighbours: readonly Neighbour[], index: number, secrets: boolean): readonly string[] {
  const [first] = neighbours;
  if (first === undefined) return [];
  const bgp = `protocols bgp group ${GROUP}${index === 0 ? "" : `-${index + 1}`}`;
  const external = first.localAs !== first.peerAs;
  return [
    `${bgp} type ${external ? "external" : "internal"}`,
    ...(external ? [`${bgp} multihop`, `${bgp} peer-as ${first.peerAs}`] : []),
    ...(first.localAs === gateway.autonomousSystem ? [] : [`${bgp} local-as ${first.localAs}`]),
    `${bgp} local-address ${gateway.address}`,
    ...neighbours.flatMap((neighbour) => session(`${bgp} neighbor ${neighbour.address}`, neighbour, secrets)),
  ];
}

function session(line: string, neighbour: Neighbour, secrets: boolean): readonly string[] {
  const { name, families, holdTimeSeconds, passive, key } = neighbour;
  return [
    `${line} description "${comment(name)}"`,
    ...families.flatMap((family) => FAMILIES[family] ?? []).map((family) => `${line} family ${family}`),
    ...(holdTimeSeconds === undefined ? [] : [`${line} hold-time ${holdTimeSeconds}`]),
    ...(passive ? [`${line} passive`] : []),
    ...(key === undefined ? [] : [`${line} authentication-key "${secrets ? plainKey(key, name) : KEY_PLACEHOLDER}"`]),
  ];
}

/** Junos takes what begins like this for the encrypted form of another key. */
function plainKey(key: string, owner: string): string {
  if (!/^\$\d+\$/.test(key)) return key;
  throw new ContrailError(
    "gateway.bad_request",
    `the MD5 key for ${argument(owner)} begins as an encrypted one of Junos ("$9$"); set another one in auth_data: ` +
      `contrail api edit bgp-router ${argument(owner)}`,
  );
}

function usesInet6({ neighbours }: Gateway): boolean {
  return neighbours.some(({ families }) => families.includes("inet6-vpn"));
}

function communities({ networks }: Gateway, tunnel: "udp" | "gre"): readonly string[] {
  const targets = new Set(networks.flatMap(({ importTargets, exportTargets }) => [...importTargets, ...exportTargets]));
  return [
    ...[...targets].sort().map((each) => `policy-options community ${communityName(each)} members ${member(each)}`),
    ...(tunnel === "udp" ? [`policy-options community ${UDP} members encapsulation:0L:13`] : []),
  ];
}

function communityName(target: string): string {
  return `contrail-target-${target.replaceAll(/[.:]/g, "-")}`;
}

/** A 4-octet AS is marked by "L". */
function member(target: string): string {
  const [administrator = "", number] = target.split(":");
  const isWide = !administrator.includes(".") && Number(administrator) > 0xffff;
  return `target:${administrator}${isWide ? "L" : ""}:${number}`;
}

/** IPv4 always, IPv6 where the network has such a subnet. */
function versions({ prefixes }: ExtendedNetwork): readonly ("inet" | "inet6")[] {
  return prefixes.some(isInet6) ? ["inet", "inet6"] : ["inet"];
}

function instance(network: ExtendedNetwork, tunnel: "udp" | "gre"): readonly string[] {
  const name = instanceName(network);
  const [importing, exporting] = [
    `policy-options policy-statement ${name}-import`,
    `policy-options policy-statement ${name}-export`,
  ];
  const vrf = `routing-instances ${name}`;
  return [
    ...network.importTargets.map((target) => `${importing} term 1 from community ${communityName(target)}`),
    `${importing} term 1 then accept`,
    `${importing} then reject`,
    ...network.exportTargets.map((target) => `${exporting} term 1 then community add ${communityName(target)}`),
    ...(tunnel === "udp" ? [`${exporting} term 1 then community add ${UDP}`] : []),
    `${exporting} term 1 then accept`,
    `${vrf} description "${comment(network.name)}"`,
    `${vrf} instance-type vrf`,
    `${vrf} route-distinguisher ${network.routeDistinguisher}`,
    `${vrf} vrf-import ${name}-import`,
    `${vrf} vrf-export ${name}-export`,
    `${vrf} vrf-table-label`,
    // What one VRF of this router exports and another imports.
    ...versions(network).map((version) => `${vrf} routing-options auto-export family ${version} unicast`),
  ];
}
