import type { AclRule, AddressMatch, HostSettings, InterfaceRow, TableDelta } from "@contrail/forwarding";
import { type InetPrefix, inetPrefix, parseInetAddress, parseInetPrefix, parseMacAddress } from "@contrail/net";
import {
  HOSTS,
  type HostNumber,
  hostAddress,
  MACHINE_DEVICE,
  MACHINE_MTU_BYTES,
  machineMac,
  otherHost,
  UNDERLAY_DEVICE,
  UNDERLAY_MTU_BYTES,
} from "./path.ts";

/** Two networks that a policy joins, 10.1.1.0/24 and 10.1.2.0/24, with the machine of host N in network N. */
export const MACHINE_ADDRESSES: Readonly<Record<HostNumber, string>> = { 1: "10.1.1.3", 2: "10.1.2.3" };
/** The policy between the networks denies UDP to this port; everything else of the security groups' passes it. */
export const POLICY_CLOSED_PORT = 7001;
/** No security group opens this port. */
export const GROUP_CLOSED_PORT = 7002;
/** The interface of the only machine of a host. */
export const INTERFACE_ID = 1;
const GROUP = 8_000_001;
const GROUP_SET = 1;
const POLICY = 1;
const INGRESS = 2;
const EGRESS = 3;
const TUNNEL = 1;
const DISCARD = 2;
const OWN = 3;

const MATCH_ALL: Omit<AclRule, "pass"> = {
  source: { kind: "any" },
  destination: { kind: "any" },
  protocol: "any",
  sourcePorts: { first: 0, last: 65_535 },
  destinationPorts: { first: 0, last: 65_535 },
};

function rule(pass: boolean, choices: Partial<AclRule>): AclRule {
  return { pass, ...MATCH_ALL, ...choices };
}

/** The policy's rules: a few that meet other traffic, the closed port, then the two networks, both ways. */
function policyRules(): readonly AclRule[] {
  const closed = { first: POLICY_CLOSED_PORT, last: POLICY_CLOSED_PORT };
  const others = Array.from({ length: 16 }, (_, index) =>
    rule(false, {
      source: { kind: "prefix", prefix: prefix(`10.9.${index}.0/24`) },
      protocol: 6,
      destinationPorts: { first: 20_000 + index, last: 20_100 + index },
    }),
  );
  const between = (source: number, destination: number): AclRule =>
    rule(true, {
      source: { kind: "network", network: source },
      destination: { kind: "network", network: destination },
    });
  return [...others, rule(false, { protocol: 17, destinationPorts: closed }), between(1, 2), between(2, 1)];
}

/** Towards a machine: members of its own group, with one port left closed. */
function ingressRules(): readonly AclRule[] {
  const source: AddressMatch = { kind: "group", group: GROUP };
  return [
    rule(true, { source, protocol: 6 }),
    rule(true, { source, protocol: 17, destinationPorts: { first: 0, last: GROUP_CLOSED_PORT - 1 } }),
    rule(true, { source, protocol: 17, destinationPorts: { first: GROUP_CLOSED_PORT + 1, last: 65_535 } }),
    rule(true, { source, protocol: 1 }),
  ];
}

/** All rows of a host, as its agent would write them. */
export function overlayTables(host: HostNumber): readonly TableDelta[] {
  const remote = address(hostAddress(otherHost(host)));
  const settings: HostSettings = {
    localAddress: address(hostAddress(host)),
    underlayDevice: UNDERLAY_DEVICE,
    underlayMtuBytes: UNDERLAY_MTU_BYTES,
    puntDevice: "",
    puntsPerSecond: 50,
    flowsPerInterface: 100_000,
  };
  return [
    { kind: "settings", row: settings },
    { kind: "group-set", row: { id: GROUP_SET, groups: [GROUP] } },
    { kind: "acl", row: { id: POLICY, rules: policyRules() } },
    { kind: "acl", row: { id: INGRESS, rules: ingressRules() } },
    { kind: "acl", row: { id: EGRESS, rules: [rule(true, { destination: { kind: "group", group: GROUP } })] } },
    { kind: "tunnel-endpoint", row: { address: remote } },
    {
      kind: "next-hop",
      row: { id: TUNNEL, action: { kind: "tunnel", encapsulation: "mplsoudp", remoteAddress: remote } },
    },
    { kind: "next-hop", row: { id: DISCARD, action: { kind: "discard" } } },
    { kind: "next-hop", row: { id: OWN, action: { kind: "interface", interface: INTERFACE_ID } } },
    { kind: "interface", row: interfaceRow(host) },
    { kind: "interface-address", row: { interface: INTERFACE_ID, prefix: machinePrefix(host), mac: mac(host) } },
    { kind: "label", row: { label: label(host), nextHop: OWN } },
    ...HOSTS.flatMap((number) => routes(host, number)),
  ];
}

function interfaceRow(host: HostNumber): InterfaceRow {
  return {
    id: INTERFACE_ID,
    device: MACHINE_DEVICE,
    vrf: host,
    mac: mac(host),
    nextHop: OWN,
    network: host,
    groupSet: GROUP_SET,
    networkAcl: POLICY,
    ingressAcl: INGRESS,
    egressAcl: EGRESS,
    subnet: prefix(`10.1.${host}.0/24`),
    mtuBytes: MACHINE_MTU_BYTES,
    address: 0,
    gateway: 0,
    nameServer: 0,
  };
}

/** In a host's VRF: the machine of a network, and nothing else of its subnet but the gateway. */
function routes(host: HostNumber, network: HostNumber): readonly TableDelta[] {
  const common = { vrf: host, originNetwork: network };
  const own = network === host;
  const machine = { ...common, prefix: machinePrefix(network), groupSet: GROUP_SET };
  return [
    { kind: "route", row: { ...machine, nextHop: own ? OWN : TUNNEL, label: own ? 0 : label(network) } },
    {
      kind: "route",
      row: { ...common, prefix: prefix(`10.1.${network}.0/24`), nextHop: DISCARD, label: 0, groupSet: 0 },
    },
    // The gateway's address is answered by ARP; nothing is sent to it.
    { kind: "route", row: { ...common, prefix: prefix(`10.1.${network}.1/32`), nextHop: OWN, label: 0, groupSet: 0 } },
  ];
}

function label(host: HostNumber): number {
  return 15 + host;
}

function mac(host: HostNumber): number {
  return known(parseMacAddress(machineMac(host)));
}

function machinePrefix(host: HostNumber): InetPrefix {
  return inetPrefix(address(MACHINE_ADDRESSES[host]), 32);
}

function address(text: string): number {
  return known(parseInetAddress(text));
}

function prefix(text: string): InetPrefix {
  return known(parseInetPrefix(text));
}

function known<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("a constant of the bench does not parse");
  return value;
}
