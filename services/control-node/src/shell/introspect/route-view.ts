import {
  formatCommunity,
  formatExtendedCommunity,
  formatIpAddress,
  formatRouteDistinguisher,
  formatRouteTarget,
  type PathAttributes,
} from "@contrail/bgp";
import { formatInetAddress, formatInetPrefix, formatMacAddress } from "@contrail/net";
import type { Destination, KeyedVrfRoute, Path, VrfRoute } from "@contrail/rib";
import { routeText } from "../../core/route-filter.ts";

const ORIGINS = ["igp", "egp", "incomplete"] as const;

/** A destination with all of its paths, for people. */
export function showDestination(destination: Destination) {
  const { family, paths, best } = destination;
  return {
    family,
    route: routeText(destination),
    ...vpnParts(destination),
    paths: paths.map((path) => showPath(path, path === best)),
  };
}

/** A path for people: its attributes in the forms in which they are configured. */
export function showPath(path: Path, best: boolean) {
  const { attributes, source } = path;
  return {
    source: `${source.kind} ${source.name}`,
    instance: path.instance,
    nextHop: formatIpAddress(path.nextHop),
    label: path.label,
    origin: ORIGINS[attributes.origin],
    asPath: asPathText(attributes),
    localPreference: attributes.localPreference,
    med: attributes.med,
    communities: attributes.communities.map(formatCommunity),
    targets: attributes.extendedCommunities.map(formatRouteTarget).filter((target) => target !== undefined),
    extendedCommunities: attributes.extendedCommunities.map(formatExtendedCommunity),
    originatorId: attributes.originatorId === undefined ? undefined : formatInetAddress(attributes.originatorId),
    clusterList: attributes.clusterList.map(formatInetAddress),
    pathId: path.pathId,
    stale: path.stale,
    feasible: path.feasible,
    best,
  };
}

/** A route of an instance as agents get it. */
export function showInstanceRoute(route: VrfRoute) {
  const { localPreference, sequence } = route;
  return { prefix: formatInetPrefix(route), localPreference, sequence, nextHops: nextHopsOf(route) };
}

/** A route of <vrf>.inet6.0 or <vrf>.evpn.0. */
export function showKeyedRoute(route: KeyedVrfRoute) {
  return { ...route, nextHops: nextHopsOf(route) };
}

function nextHopsOf({ nextHops }: Pick<VrfRoute, "nextHops">) {
  return nextHops.map((hop) => ({
    ...hop,
    address: formatInetAddress(hop.address),
    routerMac: hop.routerMac === undefined ? undefined : formatMacAddress(hop.routerMac),
  }));
}

function vpnParts(destination: Destination) {
  if (destination.family !== "inet-vpn") return {};
  const distinguisher = formatRouteDistinguisher({ high: destination.rdHigh, low: destination.rdLow });
  return { distinguisher, prefix: formatInetPrefix(destination) };
}

/** As routers show it: sets in braces (RFC 4271 section 5.1.2). */
function asPathText({ asPath }: PathAttributes): string {
  return asPath
    .map(({ kind, autonomousSystems }) =>
      kind === "set" ? `{${autonomousSystems.join(",")}}` : autonomousSystems.join(" "),
    )
    .join(" ");
}
