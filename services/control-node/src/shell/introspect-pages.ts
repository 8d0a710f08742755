import {
  FAMILIES,
  type FamilyRoutes,
  formatIpAddress,
  formatRouteDistinguisher,
  formatRoutes,
  formatRouteTarget,
} from "@contrail/bgp";
import type { ConfigGraph } from "@contrail/graph";
import { formatInetAddress, formatInetPrefix } from "@contrail/net";
import type { Destination, Path, Rib } from "@contrail/rib";
import type { IntrospectPage } from "@contrail/runtime";
import type { AgentServer } from "./agents/agent-server.ts";
import type { BgpSpeaker } from "./bgp/session-port.ts";
import type { BgpExchange } from "./bgp-exchange.ts";
import type { RestartDeferral } from "./restart-deferral.ts";

/** What the pages show. */
export interface IntrospectSources {
  readonly name: string;
  readonly graph: ConfigGraph;
  readonly rib: Rib;
  readonly speaker: BgpSpeaker;
  readonly exchange: BgpExchange;
  readonly agents: AgentServer;
  readonly deferral: RestartDeferral;
  readonly synchronized: () => boolean;
}

/** Routes on one page of introspect. */
const PAGE_ROUTES = 1_000;

/** The pages of a control node's introspect. */
export function introspectPages(sources: IntrospectSources): Readonly<Record<string, IntrospectPage>> {
  const { name, graph, rib, speaker, exchange, agents } = sources;
  return {
    status: () => ({
      name,
      synchronized: sources.synchronized(),
      endOfRibSent: sources.deferral.over,
      endOfRibWaitsFor: sources.deferral.waitingFor,
      objects: graph.size,
      vpnRoutes: rib.vpn.size,
      peers: speaker.status().map((peer) => ({ name: peer.name, state: peer.state })),
      agents: agents.status().map((agent) => ({ name: agent.name, state: agent.state })),
    }),
    neighbours: () => ({ peers: speaker.status(), output: exchange.outputs(), refused: speaker.refusedConnections }),
    agents: () => agents.status(),
    instances: () =>
      [...rib.instances()].map(({ settings, size, keyedSize }) => ({
        name: settings.name,
        virtualNetworkId: settings.virtualNetworkId,
        import: settings.importTargets.map(formatRouteTarget),
        export: settings.exportTargets.map(formatRouteTarget),
        routes: size,
        otherRoutes: keyedSize,
      })),
    routes: ({ instance = "" }) =>
      [...(rib.routeKeys(instance) ?? [])].slice(0, PAGE_ROUTES).flatMap((key) => {
        const route = rib.route(instance, key);
        if (route === undefined) return [];
        const nextHops = route.nextHops.map((hop) => ({ ...hop, address: formatInetAddress(hop.address) }));
        return [{ ...route, address: undefined, length: undefined, prefix: formatInetPrefix(route), nextHops }];
      }),
    "instance-routes": ({ instance = "" }) =>
      [...rib.keyedRoutes(instance)].slice(0, PAGE_ROUTES).map(({ nextHops, ...route }) => ({
        ...route,
        nextHops: nextHops.map((hop) => ({ ...hop, address: formatInetAddress(hop.address) })),
      })),
    "bgp-routes": ({ family = "" }) => {
      const known = FAMILIES.find((name) => name === family);
      if (known === undefined) return { families: FAMILIES.map((name) => ({ name, routes: rib.table(name).size })) };
      return [...rib.table(known).all()].slice(0, PAGE_ROUTES).map((destination) => ({
        route: describeDestination(destination),
        paths: destination.paths.map((path) => describePath(path, path === destination.best)),
      }));
    },
    "vpn-routes": () =>
      [...rib.vpn.all()].slice(0, PAGE_ROUTES).map((destination) => ({
        distinguisher: formatRouteDistinguisher({ high: destination.rdHigh, low: destination.rdLow }),
        prefix: formatInetPrefix(destination),
        paths: destination.paths.map((path) => describePath(path, path === destination.best)),
      })),
  };
}

function describeDestination(destination: Destination): string {
  const { family } = destination;
  const route = destination.family === "inet-vpn" ? { ...destination, label: 0 } : destination.route;
  const [text = ""] = formatRoutes({ family, routes: [route] } as FamilyRoutes); // The route is of that family.
  return text;
}

function describePath(path: Path, best: boolean) {
  return {
    source: `${path.source.kind} ${path.source.name}`,
    nextHop: formatIpAddress(path.nextHop),
    label: path.label,
    localPreference: path.attributes.localPreference,
    targets: path.attributes.extendedCommunities.map(formatRouteTarget).filter((target) => target !== undefined),
    communities: path.attributes.extendedCommunities.map((community) => community.toString(16).padStart(16, "0")),
    stale: path.stale,
    feasible: path.feasible,
    best,
  };
}
