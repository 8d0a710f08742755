import {
  type HostSettings,
  type InterfaceRow,
  METADATA_ADDRESS,
  type NextHopAction,
  type RouteRow,
  type TableDelta,
} from "@contrail/forwarding";
import { type InetPrefix, inetPrefix, parseInetAddress, parseInetPrefix } from "@contrail/net";

/** Dotted decimal of a literal in a test. */
export function address(text: string): number {
  const parsed = parseInetAddress(text);
  if (parsed === undefined) throw new Error(`not an address: ${text}`);
  return parsed;
}

/** "10.1.0.0/16" of a literal in a test. */
export function prefix(text: string): InetPrefix {
  const parsed = parseInetPrefix(text);
  if (parsed === undefined) throw new Error(`not a prefix: ${text}`);
  return parsed;
}

/** What varies between worlds; ids, addresses and MACs are always the same. */
export interface WorldChoices {
  readonly settings: Pick<HostSettings, "underlayMtuBytes" | "puntDevice" | "puntsPerSecond" | "flowsPerInterface">;
  /** One for each of LOCALS. */
  readonly locals: readonly LocalChoices[];
  /** Groups of the sets 1 to 3. */
  readonly groupSets: readonly (readonly number[])[];
  /** ACLs 1 to 4; id 9 is named by interfaces and never there. */
  readonly acls: readonly Extract<TableDelta, { kind: "acl" }>["row"]["rules"][];
}

export type LocalChoices = Pick<InterfaceRow, "groupSet" | "networkAcl" | "ingressAcl" | "egressAcl" | "mtuBytes"> &
  Partial<Pick<InterfaceRow, "address" | "gateway" | "nameServer">>;

/** A machine on this host. Interface 3 has the address of interface 1 in another VRF. */
export interface Local {
  readonly id: number;
  readonly vrf: number;
  readonly network: number;
  readonly address: number;
  readonly mac: number;
  readonly nextHop: number;
  readonly label: number;
}

export const LOCAL_HOST = address("172.30.1.2");
export const REMOTE_HOSTS: readonly number[] = [address("172.30.2.2"), address("172.30.3.2")];
/** No tunnel endpoint. */
export const STRANGER_HOST = address("172.30.9.9");
export const UNDERLAY_DEVICE = "eth0";

export const LOCALS: readonly Local[] = [
  local(1, 1, 1, "10.1.1.3"),
  local(2, 1, 1, "10.1.1.4"),
  local(3, 2, 3, "10.1.1.3"),
  local(4, 2, 3, "10.1.1.4"),
  local(5, 1, 2, "10.1.2.3"),
];

/** Machines of VRF 1 on other hosts, with the network that they are in. */
export const REMOTES: readonly { readonly address: number; readonly network: number; readonly host: number }[] = [
  { address: address("10.1.1.10"), network: 1, host: 0 },
  { address: address("10.1.1.11"), network: 1, host: 1 },
  { address: address("10.1.2.10"), network: 2, host: 0 },
];

/** Destinations of VRF 1 whose next hop is out of the ordinary, by what they are. */
export const ODD_DESTINATIONS = {
  discard: address("10.1.1.200"),
  punt: address("10.5.0.1"),
  ecmp: address("10.5.0.2"),
  ecmpMissingMember: address("10.5.0.3"),
  missingNextHop: address("10.5.0.4"),
  missingInterface: address("10.5.0.5"),
  ecmpNested: address("10.5.0.6"),
  ecmpDiscard: address("10.5.0.7"),
  noRoute: address("192.0.2.1"),
} as const;

/** Where services of the host are, in both VRFs. */
export const SERVICES = {
  metadata: METADATA_ADDRESS,
  gateway: address("10.1.1.1"),
  nameServer: address("10.1.1.2"),
} as const;

/** Labels that lead nowhere. */
export const ODD_LABELS = { toTunnel: 900, toNothing: 901, toMissingInterface: 902, absent: 903 } as const;

const NEXT_HOPS: readonly [number, NextHopAction][] = [
  [1, { kind: "discard" }],
  [2, { kind: "tunnel", encapsulation: "mplsoudp", remoteAddress: REMOTE_HOSTS[0] ?? 0 }],
  [3, { kind: "tunnel", encapsulation: "mplsoudp", remoteAddress: REMOTE_HOSTS[1] ?? 0 }],
  [4, { kind: "punt" }],
  [7, { kind: "interface", interface: 4000 }],
  [10, { kind: "ecmp", members: [member(2, 100), member(3, 200), member(102, 0), member(3, 201)] }],
  [11, { kind: "ecmp", members: [member(77, 0)] }],
  [12, { kind: "ecmp", members: [member(10, 0)] }],
  [13, { kind: "ecmp", members: [member(1, 0)] }],
];

/** All rows of a world, in no order. */
export function worldTables(choices: WorldChoices): readonly TableDelta[] {
  return [
    {
      kind: "settings",
      row: { localAddress: LOCAL_HOST, underlayDevice: UNDERLAY_DEVICE, ...choices.settings },
    },
    ...choices.groupSets.map((groups, index) => ({ kind: "group-set", row: { id: index + 1, groups } }) as const),
    ...choices.acls.map((rules, index) => ({ kind: "acl", row: { id: index + 1, rules } }) as const),
    ...NEXT_HOPS.map(([id, action]) => ({ kind: "next-hop", row: { id, action } }) as const),
    ...REMOTE_HOSTS.map((host) => ({ kind: "tunnel-endpoint", row: { address: host } }) as const),
    { kind: "label", row: { label: ODD_LABELS.toTunnel, nextHop: 2 } },
    { kind: "label", row: { label: ODD_LABELS.toNothing, nextHop: 78 } },
    { kind: "label", row: { label: ODD_LABELS.toMissingInterface, nextHop: 7 } },
    ...LOCALS.flatMap((item, index) => localRows(item, choices.locals[index])),
    ...ROUTES.map((row) => ({ kind: "route", row }) as const),
  ];
}

const ROUTES: readonly RouteRow[] = [
  ...[1, 2].map((vrf) => route(vrf, prefix("10.1.1.0/24"), 1, 0, vrf === 1 ? 1 : 3)),
  ...REMOTES.map((item, index) =>
    route(1, inetPrefix(item.address, 32), item.host + 2, 300 + index, item.network, index),
  ),
  route(1, prefix("10.1.2.0/24"), 2, 310, 2, 1),
  ...[1, 2].flatMap((vrf) => Object.values(SERVICES).map((where) => route(vrf, inetPrefix(where, 32), 4, 0, 0))),
  route(1, inetPrefix(ODD_DESTINATIONS.punt, 32), 4, 0, 0),
  route(1, inetPrefix(ODD_DESTINATIONS.ecmp, 32), 10, 0, 2, 2),
  route(1, inetPrefix(ODD_DESTINATIONS.ecmpMissingMember, 32), 11, 0, 0),
  route(1, inetPrefix(ODD_DESTINATIONS.missingNextHop, 32), 78, 0, 0),
  route(1, inetPrefix(ODD_DESTINATIONS.missingInterface, 32), 7, 0, 0),
  route(1, inetPrefix(ODD_DESTINATIONS.ecmpNested, 32), 12, 0, 0),
  route(1, inetPrefix(ODD_DESTINATIONS.ecmpDiscard, 32), 13, 0, 0),
];

function localRows(item: Local, choices: LocalChoices | undefined): readonly TableDelta[] {
  const row: InterfaceRow = {
    id: item.id,
    device: `vif${item.id}`,
    vrf: item.vrf,
    mac: item.mac,
    nextHop: item.nextHop,
    network: item.network,
    subnet: inetPrefix(item.address, 24),
    groupSet: 0,
    networkAcl: 0,
    ingressAcl: 0,
    egressAcl: 0,
    mtuBytes: 1450,
    address: item.address,
    gateway: SERVICES.gateway,
    nameServer: SERVICES.nameServer,
    ...choices,
  };
  return [
    { kind: "interface", row },
    { kind: "interface-address", row: { interface: item.id, prefix: inetPrefix(item.address, 32), mac: item.mac } },
    { kind: "interface-address", row: { interface: item.id, prefix: prefix("10.9.0.0/28"), mac: item.mac + 0x100 } },
    { kind: "next-hop", row: { id: item.nextHop, action: { kind: "interface", interface: item.id } } },
    { kind: "label", row: { label: item.label, nextHop: item.nextHop } },
    { kind: "route", row: route(item.vrf, inetPrefix(item.address, 32), item.nextHop, 0, item.network, row.groupSet) },
  ];
}

function local(id: number, vrf: number, network: number, text: string): Local {
  const mac = 0x020000001000 + id;
  return { id, vrf, network, address: address(text), mac, nextHop: 100 + id, label: 16 + id };
}

function member(nextHop: number, label: number): { readonly nextHop: number; readonly label: number } {
  return { nextHop, label };
}

function route(
  vrf: number,
  where: InetPrefix,
  nextHop: number,
  label: number,
  originNetwork: number,
  groupSet = 0,
): RouteRow {
  return { vrf, prefix: where, nextHop, label, originNetwork, groupSet };
}
