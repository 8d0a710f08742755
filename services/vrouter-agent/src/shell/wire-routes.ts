import type { agentWire } from "@contrail/wire";
import type { RemoteRoute } from "../core/route-tables.ts";

/** Labels below are reserved (RFC 3032 section 2.1); a label has 20 bits. */
const FIRST_LABEL = 16;
const LAST_LABEL = 0xfffff;

/** A route as it came; undefined for a family that is not known, or where no next hop of it can be used. */
export function fromWireRoute(route: agentWire.Route): RemoteRoute | undefined {
  const prefix = fromWirePrefix(route.prefix);
  const nextHops = route.nextHops.flatMap(({ nextHop, securityGroupIds, originVirtualNetworkId }) => {
    if (nextHop === undefined || nextHop.address === 0) return [];
    const { address, label, encapsulations, tagIds } = nextHop;
    if (label < FIRST_LABEL || label > LAST_LABEL) return [];
    const [groups, networkId] = [securityGroupIds, originVirtualNetworkId];
    return [{ address, label, encapsulations, groups, networkId, tags: orNone(tagIds) }];
  });
  if (prefix === undefined || nextHops.length === 0) return undefined;
  return { ...prefix, nextHops, communities: orNone(route.communities) };
}

function orNone(numbers: readonly number[]): readonly number[] | undefined {
  return numbers.length === 0 ? undefined : numbers;
}

/** A prefix as it came; undefined for a family that is not known. */
export function fromWirePrefix(prefix: agentWire.Prefix | undefined): { address: number; length: number } | undefined {
  const inet = prefix?.prefix?.$case === "inet" ? prefix.prefix.value : undefined;
  return inet === undefined || inet.length > 32 ? undefined : { address: inet.address, length: inet.length };
}
