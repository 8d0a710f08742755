import type { Clock } from "@contrail/clock";
import { ContrailError } from "@contrail/errors";
import type { ConfigGraph } from "@contrail/graph";
import type { Rib } from "@contrail/rib";
import { type IntrospectPage, inRange, PageLink, pageRange } from "@contrail/runtime";
import { isNamed, wantedParameter } from "../../core/route-filter.ts";
import type { AgentServer } from "../agents/agent-server.ts";
import type { BgpSpeaker, PeerStatus } from "../bgp/session-port.ts";
import type { BgpExchange } from "../bgp-exchange.ts";
import type { InnerExchange } from "../inner-exchange.ts";
import type { PolicyProblems } from "../policy-problems.ts";
import type { RestartDeferral } from "../restart-deferral.ts";
import { routePages } from "./route-pages.ts";

/** What the pages show. */
export interface IntrospectSources {
  readonly name: string;
  readonly graph: ConfigGraph;
  readonly rib: Rib;
  readonly speaker: BgpSpeaker;
  readonly exchange: BgpExchange;
  readonly inner: InnerExchange;
  readonly policyProblems: PolicyProblems;
  readonly agents: AgentServer;
  readonly deferral: RestartDeferral;
  readonly clock: Clock;
  readonly synchronized: () => boolean;
}

/** The pages of a control node's introspect. */
export function introspectPages(sources: IntrospectSources): Readonly<Record<string, IntrospectPage>> {
  const { name, graph, rib, speaker, exchange, inner, agents, deferral } = sources;
  const outputs = () => [...exchange.outputs(), ...inner.outputs()];
  return {
    status: () => ({
      name,
      autonomousSystem: rib.autonomousSystem,
      synchronized: sources.synchronized(),
      endOfRibSent: deferral.over,
      endOfRibWaitsFor: deferral.waitingFor,
      objects: graph.size,
      vpnRoutes: rib.vpn.size,
      peers: speaker.status().map((peer) => ({ name: peer.name, state: peer.state })),
      agents: agents.status().map((agent) => ({ name: agent.name, state: agent.state })),
    }),
    neighbours: (query) => ({
      peers: inRange(speaker.status(), pageRange(query)).map((peer) => ({
        ...peer,
        page: new PageLink("neighbour", { name: peer.name }),
      })),
      output: outputs(),
      refused: speaker.refusedConnections,
    }),
    neighbour: (query) => {
      const peer = neighbourNamed(speaker.status(), wantedParameter(query, "name", "/neighbours"));
      return { ...peer, routes: outputs().find((output) => output.name === peer.name) };
    },
    agents: (query) => inRange(agents.status(), pageRange(query)),
    ...routePages(sources),
  };
}

/** The peer of a name, its last part, or its address. */
function neighbourNamed(peers: readonly PeerStatus[], name: string): PeerStatus {
  const peer = peers.find((each) => isNamed(each.name, name) || each.address === name);
  if (peer !== undefined) return peer;
  throw new ContrailError(
    "introspect.not_found",
    `name: there is no BGP peer ${JSON.stringify(name)}; see /neighbours`,
  );
}
