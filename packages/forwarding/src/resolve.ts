import { inetPrefixContains } from "@contrail/net";
import type { DropReason } from "./drop-reason.ts";
import type { FlowKey } from "./flow.ts";
import { flowHash } from "./flow-key.ts";
import { type Side, sideOfInterface, sideOfRoute } from "./policy.ts";
import type { TableStore } from "./table-store.ts";
import type { EcmpMember, InterfaceRow, NextHopAction, RouteRow } from "./tables.ts";

/** Where a packet from a machine goes, and who is there. */
export interface Resolution {
  readonly target:
    | { readonly kind: "tunnel"; readonly remoteAddress: number; readonly label: number }
    | { readonly kind: "interface"; readonly row: InterfaceRow };
  /** True where the TTL stays as it is. */
  readonly sameSubnet: boolean;
  readonly destination: Side;
  /** The ecmp next hop and the place in it that the flow was given. */
  readonly ecmp: { readonly nextHop: number; readonly member: number } | undefined;
}

/** Follows the longest route of the sender's VRF; a former resolution of the flow keeps its ecmp member. */
export function resolve(
  tables: TableStore,
  ingress: InterfaceRow,
  key: FlowKey,
  former: Resolution | undefined,
): Resolution | DropReason | "punt" {
  const route = tables.route(ingress.vrf, key.destinationAddress);
  if (route === undefined) return "discard";
  const action = tables.nextHops.get(route.nextHop)?.action;
  if (action?.kind !== "ecmp") {
    return follow(tables, ingress, key, route, action, route.label, undefined);
  }
  const kept = former?.ecmp?.nextHop === route.nextHop ? former.ecmp.member : undefined;
  const place =
    kept !== undefined && kept < action.members.length ? kept : (flowHash(key) >>> 14) % action.members.length;
  const member = action.members[place];
  const memberAction = memberActionOf(tables, member);
  if (memberAction === undefined) return "invalid_nh";
  return follow(tables, ingress, key, route, memberAction, member?.label ?? 0, {
    nextHop: route.nextHop,
    member: place,
  });
}

function memberActionOf(tables: TableStore, member: EcmpMember | undefined): NextHopAction | undefined {
  const action = member === undefined ? undefined : tables.nextHops.get(member.nextHop)?.action;
  return action?.kind === "ecmp" || action?.kind === "discard" ? undefined : action;
}

function follow(
  tables: TableStore,
  ingress: InterfaceRow,
  key: FlowKey,
  route: RouteRow,
  action: NextHopAction | undefined,
  label: number,
  ecmp: Resolution["ecmp"],
): Resolution | DropReason | "punt" {
  switch (action?.kind) {
    case undefined:
    case "ecmp":
      return "invalid_nh";
    case "discard":
      return "discard";
    case "punt":
      return "punt";
    case "tunnel": {
      const target = { kind: "tunnel", remoteAddress: action.remoteAddress, label } as const;
      return { target, sameSubnet: inSubnet(ingress, route, key), destination: sideOfRoute(route), ecmp };
    }
    case "interface": {
      const row = tables.interfaces.get(action.interface);
      if (row === undefined) return "invalid_if";
      if (row.id === ingress.id) return "pkt_loop";
      const target = { kind: "interface", row } as const;
      return { target, sameSubnet: inSubnet(ingress, route, key), destination: sideOfInterface(row), ecmp };
    }
  }
}

function inSubnet(ingress: InterfaceRow, route: RouteRow, key: FlowKey): boolean {
  if (route.originNetwork !== ingress.network || ingress.subnet.length === 0) return false;
  return inetPrefixContains(ingress.subnet, key.destinationAddress);
}
