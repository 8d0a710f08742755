import { createInterface } from "node:readline";
import {
  encapsulationCommunity,
  encodeAttributes,
  encodeEndOfRib,
  encodeReach,
  encodeUnreach,
  type FamilyRoutes,
  formatIpAddress,
  formatRouteDistinguisher,
  formatRoutes,
  formatRouteTarget,
  originNetworkCommunity,
  originNetworkOf,
  parseRouteDistinguisher,
  parseRouteTarget,
  securityGroupCommunity,
  securityGroupOf,
  tunnelTypeOf,
  type Update,
} from "@contrail/bgp";
import { type BgpSession, type BgpSessionHandler, startBgpSpeaker } from "@contrail/control-node/bgp";
import { formatInetPrefix, parseInetAddress, parseInetPrefix } from "@contrail/net";
import { silentLogger, silentMeter } from "@contrail/observability";
import { systemClock } from "@contrail/runtime";
import type { SpeakerCommand, SpeakerEvent, VpnRouteText } from "./speaker-protocol.ts";

/*
 * The control node's BGP shell as a process of its own: commands come as JSON lines on stdin, events go as JSON lines to
 * stdout. The argument is the address to listen on. It ends with stdin.
 */
const sessions = new Map<string, BgpSession>();

function tell(event: SpeakerEvent): void {
  process.stdout.write(`${JSON.stringify(event)}\n`);
}

const handler: BgpSessionHandler = {
  established(session) {
    sessions.set(session.peer.name, session);
    tell({ kind: "established", peer: session.peer.name, parameters: session.parameters });
  },
  update(session, update) {
    for (const event of eventsOf(session.peer.name, update)) tell(event);
  },
  endOfRib(session, family) {
    tell({ kind: "end-of-rib", peer: session.peer.name, family });
  },
  routeRefresh(session, family) {
    tell({ kind: "route-refresh", peer: session.peer.name, family });
  },
  refreshMark() {},
  familyDisabled() {},
  drained() {},
  down(session, { reason }) {
    sessions.delete(session.peer.name);
    tell({ kind: "down", peer: session.peer.name, reason });
  },
};

function* eventsOf(peer: string, update: Update): Generator<SpeakerEvent> {
  const communities = update.announced?.attributes.extendedCommunities ?? [];
  for (const routes of update.unreach) {
    for (const route of textsOf(routes)) yield { kind: "withdrawn", peer, family: routes.family, ...route };
  }
  for (const reach of update.reach) {
    for (const route of textsOf(reach)) {
      yield {
        kind: "announced",
        peer,
        family: reach.family,
        ...route,
        nextHop: formatIpAddress(reach.nextHop),
        routeTargets: communities.flatMap((community) => formatRouteTarget(community) ?? []),
        encapsulations: communities.flatMap((community) => tunnelTypeOf(community) ?? []),
        originNetworks: communities.flatMap((community) => originNetworkOf(community) ?? []),
        securityGroups: communities.flatMap((community) => securityGroupOf(community) ?? []),
      };
    }
  }
}

function textsOf(routes: FamilyRoutes): { rd?: string; prefix: string; label?: number }[] {
  switch (routes.family) {
    case "inet":
      return routes.routes.map((route) => ({ prefix: formatInetPrefix(route) }));
    case "inet-vpn":
      return routes.routes.map(({ rdHigh, rdLow, label, ...prefix }) => ({
        rd: formatRouteDistinguisher({ high: rdHigh, low: rdLow }),
        prefix: formatInetPrefix(prefix),
        label,
      }));
    default:
      return formatRoutes(routes).map((prefix) => ({ prefix }));
  }
}

/** The value, or an end of the process: commands come from our own test. */
function given<Value>(value: Value | undefined, what: string): Value {
  if (value === undefined) throw new TypeError(`not ${what}`);
  return value;
}

function vpnRoutes(routes: readonly VpnRouteText[]): FamilyRoutes {
  return {
    family: "inet-vpn",
    routes: routes.map(({ rd, prefix, label }) => {
      const { high, low } = given(parseRouteDistinguisher(rd), "a route distinguisher");
      return { rdHigh: high, rdLow: low, ...given(parseInetPrefix(prefix), "a prefix"), label };
    }),
  };
}

function execute(command: SpeakerCommand): void {
  if (command.kind === "set-peers") {
    speaker.setPeers(command.peers);
    return;
  }
  tellPeer(command);
}

function tellPeer(command: Exclude<SpeakerCommand, { readonly kind: "set-peers" }>): void {
  const session = given(sessions.get(command.peer), "a session");
  const { fourOctetAs, maxMessageBytes } = session.parameters;
  switch (command.kind) {
    case "announce": {
      const attributes = {
        origin: 2 as const,
        asPath: [],
        localPreference: 100,
        communities: [],
        clusterList: [],
        extendedCommunities: [
          ...command.routeTargets.map((text) => given(parseRouteTarget(text), "a route target")),
          ...command.encapsulations.map(encapsulationCommunity),
          ...command.originNetworks.map((id) => originNetworkCommunity(64512, id)),
          ...command.securityGroups.map((id) => securityGroupCommunity(64512, id)),
        ],
        largeCommunities: [],
        unknown: [],
      };
      const nextHop = given(parseInetAddress(command.nextHop), "an address");
      const reach = { ...vpnRoutes(command.routes), nextHop };
      const encoded = encodeReach(reach, encodeAttributes(attributes, { fourOctetAs }), maxMessageBytes);
      if (encoded.kind === "encoded") for (const message of encoded.messages) session.send(message);
      return;
    }
    case "want-route-target": {
      const target = given(parseRouteTarget(command.routeTarget), "a route target");
      const routes = [{ originAs: 64512, routeTarget: target, length: 96 }];
      const plain = { origin: 0 as const, asPath: [], localPreference: 100, communities: [], clusterList: [] };
      const attributes = { ...plain, extendedCommunities: [], largeCommunities: [], unknown: [] };
      const reach = {
        family: "route-target" as const,
        routes,
        nextHop: given(parseInetAddress(address), "an address"),
      };
      const encoded = encodeReach(reach, encodeAttributes(attributes, { fourOctetAs }), maxMessageBytes);
      if (encoded.kind === "encoded") for (const message of encoded.messages) session.send(message);
      return;
    }
    case "withdraw":
      for (const message of encodeUnreach(vpnRoutes(command.routes), maxMessageBytes)) session.send(message);
      return;
    case "end-of-rib":
      session.send(encodeEndOfRib(command.family));
  }
}

const address = given(process.argv[2], "an address");
const speaker = await startBgpSpeaker({
  address,
  port: 179,
  clock: systemClock,
  logger: silentLogger,
  meter: silentMeter,
  handler,
  timing: { connectRetryMs: 500 },
});
tell({ kind: "ready" });
// The form of the lines is that of speaker-protocol.ts: both ends are ours.
for await (const line of createInterface({ input: process.stdin })) execute(JSON.parse(line) as SpeakerCommand);
await speaker.close();
