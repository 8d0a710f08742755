import type { HostSettings, InterfaceRow, TableDelta } from "@contrail/forwarding";
import { inetPrefix, parseMacAddress } from "@contrail/net";
import { address, PASS_ALL, prefix } from "@contrail/testkit/dataplane";

/** A machine of the lab: where it is, and in which network; VRF and network have the same number. */
export interface Machine {
  readonly name: string;
  readonly host: 1 | 2;
  readonly network: 1 | 2;
  readonly address: string;
  readonly mac: string;
  readonly device: string;
  readonly interface: number;
  readonly label: number;
}

/** Network 1 is 10.1.1.0/24, network 2 is 10.1.2.0/24; each has a machine on each host. */
export const MACHINES: readonly Machine[] = [machine(1, 1), machine(1, 2), machine(2, 1), machine(2, 2)];

function machine(host: 1 | 2, network: 1 | 2): Machine {
  return {
    name: `oct-engine-m${host}${network}`,
    host,
    network,
    address: `10.1.${network}.${host + 2}`,
    mac: `02:00:00:00:0${host}:0${network}`,
    device: `vif${network}`,
    interface: network,
    label: 15 + network,
  };
}

/** Underlay address of a host. */
export function hostAddress(host: 1 | 2): string {
  return `172.30.${host}.2`;
}

const TUNNEL = 1;
const DISCARD = 2;
const PUNT = 3;

/**
 * Tables of one host: each network reaches its own machines, and those of the other network that are on the other host;
 * machines of the other network on the same host have no route. ACL 1 stands before every machine.
 */
export function overlayTables(host: 1 | 2): readonly TableDelta[] {
  const settings: HostSettings = {
    localAddress: address(hostAddress(host)),
    underlayDevice: "eth0",
    underlayMtuBytes: 1500,
    puntDevice: "",
    puntsPerSecond: 50,
    flowsPerInterface: 1000,
  };
  const remote = address(hostAddress(host === 1 ? 2 : 1));
  return [
    { kind: "settings", row: settings },
    { kind: "acl", row: { id: 1, rules: [PASS_ALL] } },
    { kind: "tunnel-endpoint", row: { address: remote } },
    {
      kind: "next-hop",
      row: { id: TUNNEL, action: { kind: "tunnel", encapsulation: "mplsoudp", remoteAddress: remote } },
    },
    { kind: "next-hop", row: { id: DISCARD, action: { kind: "discard" } } },
    { kind: "next-hop", row: { id: PUNT, action: { kind: "punt" } } },
    ...MACHINES.filter((item) => item.host === host).flatMap(localRows),
    ...[1, 2].flatMap((vrf) => routes(host, vrf)),
  ];
}

function localRows(item: Machine): readonly TableDelta[] {
  const mac = parseMacAddress(item.mac) ?? 0;
  const nextHop = 100 + item.interface;
  const row: InterfaceRow = {
    id: item.interface,
    device: item.device,
    vrf: item.network,
    mac,
    nextHop,
    network: item.network,
    groupSet: 0,
    networkAcl: 0,
    ingressAcl: 1,
    egressAcl: 0,
    subnet: prefix(`10.1.${item.network}.0/24`),
    mtuBytes: 1450,
    address: address(item.address),
    gateway: address(`10.1.${item.network}.1`),
    nameServer: address(`10.1.${item.network}.2`),
  };
  return [
    { kind: "interface", row },
    { kind: "next-hop", row: { id: nextHop, action: { kind: "interface", interface: item.interface } } },
    { kind: "label", row: { label: item.label, nextHop } },
    {
      kind: "interface-address",
      row: { interface: item.interface, prefix: inetPrefix(address(item.address), 32), mac },
    },
  ];
}

function routes(host: 1 | 2, vrf: number): readonly TableDelta[] {
  const reachable = MACHINES.filter((item) => item.network === vrf || item.host !== host);
  return [
    ...reachable.map((item) =>
      route(vrf, `${item.address}/32`, item.host === host ? 100 + item.interface : TUNNEL, item.label, item.network),
    ),
    route(vrf, `10.1.${vrf}.0/24`, DISCARD, 0, vrf),
    route(vrf, `10.1.${vrf}.1/32`, PUNT, 0, vrf),
  ];
}

function route(vrf: number, text: string, nextHop: number, label: number, originNetwork: number): TableDelta {
  return { kind: "route", row: { vrf, prefix: prefix(text), nextHop, label, originNetwork, groupSet: 0 } };
}
