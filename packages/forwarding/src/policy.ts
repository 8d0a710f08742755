import { inetPrefixContains } from "@contrail/net";
import type { FlowKey } from "./flow.ts";
import type { TableStore } from "./table-store.ts";
import type { AclRule, AddressMatch, InterfaceRow, PortRange, RouteRow } from "./tables.ts";

/** One end of a conversation as policy sees it. */
export interface Side {
  readonly network: number;
  readonly groupSet: number;
  /** The end's interface where it is on this host. */
  readonly local: InterfaceRow | undefined;
}

/** The end of a packet that is a machine of this host. */
export function sideOfInterface(row: InterfaceRow): Side {
  return { network: row.network, groupSet: row.groupSet, local: row };
}

/** The end of a packet that is elsewhere: what its route says of it. */
export function sideOfRoute(route: RouteRow): Side {
  return { network: route.originNetwork, groupSet: route.groupSet, local: undefined };
}

/**
 * True where every ACL of the ends on this host passes the initiator's packet. The plain form of it, rule by rule: what
 * the compiled bitmaps of the eBPF programs must agree with.
 */
export function policyPasses(tables: TableStore, key: FlowKey, initiator: Side, responder: Side): boolean {
  const acls = [
    initiator.local?.networkAcl ?? 0,
    initiator.local?.egressAcl ?? 0,
    responder.local?.networkAcl ?? 0,
    responder.local?.ingressAcl ?? 0,
  ];
  return acls.every((id) => id === 0 || aclPasses(tables, id, key, initiator, responder));
}

function aclPasses(tables: TableStore, id: number, key: FlowKey, initiator: Side, responder: Side): boolean {
  const rule = tables.acls.get(id)?.rules.find((candidate) => matches(tables, candidate, key, initiator, responder));
  return rule?.pass ?? false;
}

function matches(tables: TableStore, rule: AclRule, key: FlowKey, initiator: Side, responder: Side): boolean {
  return (
    (rule.protocol === "any" || rule.protocol === key.protocol) &&
    inRange(rule.sourcePorts, key.sourcePort) &&
    inRange(rule.destinationPorts, key.destinationPort) &&
    addressMatches(tables, rule.source, key.sourceAddress, initiator) &&
    addressMatches(tables, rule.destination, key.destinationAddress, responder)
  );
}

function inRange(range: PortRange, port: number): boolean {
  return port >= range.first && port <= range.last;
}

function addressMatches(tables: TableStore, match: AddressMatch, address: number, side: Side): boolean {
  switch (match.kind) {
    case "any":
      return true;
    case "prefix":
      return inetPrefixContains(match.prefix, address);
    case "network":
      return match.network === side.network;
    case "group":
      return tables.groupSets.get(side.groupSet)?.has(match.group) ?? false;
  }
}
