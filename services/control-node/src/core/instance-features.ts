import { type IpAddress, parseCommunity, parseRouteTarget } from "@contrail/bgp";
import type { ConfigGraph } from "@contrail/graph";
import {
  type AggregateRoute,
  type InstanceFeatures,
  NO_FEATURES,
  type ServiceChain,
  type StaticRoute,
} from "@contrail/rib";
import { type ConfigObject, filledText, type JsonObject, type JsonValue, record } from "@contrail/schema";
import { isSameVersion, parseIpAddress, parseIpPrefix } from "./ip-text.ts";
import { listOf, textsOf } from "./json-read.ts";
import { instancePolicies } from "./routing-policies.ts";

/**
 * What an instance has beside its targets: the static routes and service chains that its properties name, and what
 * refers to it. Entries that are no routes are left out.
 */
export function instanceFeatures(
  graph: ConfigGraph,
  instance: ConfigObject,
  policies = instancePolicies(graph, instance).policies,
): InstanceFeatures {
  const { properties } = instance;
  const features: InstanceFeatures = {
    staticRoutes: listOf(record(properties.static_route_entries).route).flatMap(staticRoute),
    aggregates: sorted(graph.linked(instance.uuid, "route-aggregate")).flatMap(aggregateRoutes),
    chains: [
      ...serviceChain(instance, properties.service_chain_information, isInet),
      ...serviceChain(instance, properties.ipv6_service_chain_information, isInet6),
    ],
    policies,
  };
  const { staticRoutes, aggregates, chains } = features;
  return staticRoutes.length + aggregates.length + chains.length + policies.length === 0 ? NO_FEATURES : features;
}

/** StaticRouteType; its next hop is an address of the instance. */
function staticRoute(entry: JsonObject): readonly StaticRoute[] {
  const prefix = parseIpPrefix(filledText(entry.prefix) ?? "");
  const nextHop = parseIpAddress(filledText(entry.next_hop) ?? "");
  if (prefix === undefined || nextHop === undefined || !isSameVersion(prefix.address, nextHop)) return [];
  const routeTargets = textsOf(entry.route_target).flatMap((text) => parseRouteTarget(text) ?? []);
  const communities = textsOf(entry.community).flatMap((text) => parseCommunity(text) ?? []);
  return [{ prefix, nextHop, routeTargets, communities }];
}

/** The prefixes of a route-aggregate; they have one next hop. */
function aggregateRoutes({ properties }: ConfigObject): readonly AggregateRoute[] {
  const nextHop = parseIpAddress(filledText(properties.aggregate_route_nexthop) ?? "");
  if (nextHop === undefined) return [];
  return textsOf(record(properties.aggregate_route_entries).route).flatMap((text) => {
    const prefix = parseIpPrefix(text);
    return prefix !== undefined && isSameVersion(prefix.address, nextHop) ? [{ prefix, nextHop }] : [];
  });
}

/**
 * ServiceChainInfo of one IP version; its address is in the network of the service's interface, and in the instance
 * itself for a transparent service. Chains of one id are there together, each IP version by itself.
 */
function serviceChain(
  instance: ConfigObject,
  value: JsonValue | undefined,
  isVersion: (address: IpAddress) => boolean,
): readonly ServiceChain[] {
  const information = record(value);
  const own = instance.fqName.join(":");
  const destination = filledText(information.routing_instance);
  const address = parseIpAddress(filledText(information.service_chain_address) ?? "");
  if (destination === undefined || address === undefined || !isVersion(address)) return [];
  const prefixes = textsOf(information.prefix).flatMap((text) => {
    const prefix = parseIpPrefix(text);
    return prefix !== undefined && isVersion(prefix.address) ? [prefix] : [];
  });
  return [
    {
      destination,
      connected: filledText(information.source_routing_instance) ?? own,
      address,
      prefixes,
      group: `${filledText(information.service_chain_id) ?? own} ${isInet(address) ? "inet" : "inet6"}`,
      retainAsPath: information.retain_as_path === true,
    },
  ];
}

function isInet(address: IpAddress): boolean {
  return typeof address === "number";
}

function isInet6(address: IpAddress): boolean {
  return typeof address === "bigint";
}

/** By name: of two aggregates of one prefix the later one counts, whichever came first. */
function sorted(objects: readonly ConfigObject[]): readonly ConfigObject[] {
  return [...objects].sort((a, b) => (a.fqName.join(":") < b.fqName.join(":") ? -1 : 1));
}
