import { originNetworkOf } from "@contrail/bgp";
import { isInsideTarget } from "../derived/inside-target.ts";
import type { Path } from "../path.ts";
import type { InstanceSettings } from "../vrf-table.ts";

/**
 * True for a path that another control node has put into the same instance: it has passed the policies there, and is not
 * what they call a route of BGP. Such a path names the network of the instance, and leaves with the targets of what is
 * put in here; what gateways say names none.
 */
export function hasPassedElsewhere(
  { source, attributes }: Path,
  { importTargets, exportTargets, virtualNetworkId }: InstanceSettings,
): boolean {
  if (source.kind !== "internal-peer" || virtualNetworkId === 0) return false;
  const { extendedCommunities } = attributes;
  return (
    extendedCommunities.some((each) => originNetworkOf(each) === virtualNetworkId) &&
    extendedCommunities.some(
      (each) => exportTargets.includes(each) || (isInsideTarget(each) && importTargets.includes(each)),
    )
  );
}
