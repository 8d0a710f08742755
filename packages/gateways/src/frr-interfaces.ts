import { type FrrNetwork, frrNetworks } from "./frr.ts";
import type { Gateway } from "./gateway.ts";
import { comment } from "./safe-text.ts";
import { isInet6 } from "./subnets.ts";

/** VXLAN over an underlay of 1500 octets (RFC 7348 section 5: 50 octets on top). */
const MTU = 1_450;
/** Routing tables of VRF devices are this number and the VNI: no table that Linux uses itself. */
const FIRST_TABLE = 100_000;

/**
 * The interfaces that frr.conf speaks of, as a shell script for the gateway (Linux, iproute2): a bridge and a VXLAN device
 * for each network, and a VRF device unless it is in the main table. It may be run again.
 */
export function renderFrrInterfaces(gateway: Gateway, mainTable: string | undefined): string {
  const networks = frrNetworks(gateway, mainTable);
  return [
    "#!/bin/sh",
    `# ${comment(gateway.name)}: made by contrail gateway render; run it before FRR starts, and again after changes`,
    "set -eu",
    'have() { ip link show "$1" >/dev/null 2>&1; }',
    "sysctl -q -w net.ipv4.ip_forward=1",
    ...(networks.some(({ prefixes }) => prefixes.some(isInet6)) ? ["sysctl -q -w net.ipv6.conf.all.forwarding=1"] : []),
    ...networks.flatMap((network) => interfaces(network, gateway.tunnelAddress)),
    "",
  ].join("\n");
}

function interfaces({ name, vni, vrf }: FrrNetwork, local: string): readonly string[] {
  const [bridge, vxlan] = [`br${vni}`, `vxlan${vni}`];
  const device = `type vxlan id ${vni} local ${local} dstport 4789 nolearning`;
  return [
    `# network ${comment(name)}`,
    ...(vrf === undefined
      ? []
      : [`have ${vrf} || ip link add ${vrf} type vrf table ${FIRST_TABLE + vni}`, `ip link set ${vrf} up`]),
    `have ${bridge} || ip link add ${bridge} mtu ${MTU} type bridge`,
    ...(vrf === undefined ? [] : [`ip link set ${bridge} master ${vrf}`]),
    `have ${vxlan} || ip link add ${vxlan} mtu ${MTU} ${device}`,
    `ip link set ${vxlan} master ${bridge}`,
    `ip link set ${vxlan} up`,
    `ip link set ${bridge} up`,
  ];
}
