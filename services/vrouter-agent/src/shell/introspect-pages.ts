import type { DataPlane } from "@contrail/dataplane";
import { DROP_REASONS, type FlowEntry, type NextHopAction, type RowDelta } from "@contrail/forwarding";
import { formatInetAddress, formatInetPrefix, formatMacAddress } from "@contrail/net";
import { type IntrospectPage, inRange, pageRange } from "@contrail/runtime";
import { type InterfaceName, networksByNumber, nextHopsById, routeView } from "../core/route-view.ts";
import type { Agent } from "./agent.ts";
import type { ControlSessions } from "./control-sessions.ts";

/** What the pages show. */
export interface IntrospectSources {
  readonly name: string;
  readonly agent: Agent;
  readonly sessions: ControlSessions;
  readonly dataPlane: DataPlane;
}

type PageQuery = Parameters<IntrospectPage>[0];

type RowOf<K extends RowDelta["kind"]> = Extract<RowDelta, { kind: K }>["row"];

const PROTOCOLS: Readonly<Record<number, string>> = { 1: "icmp", 6: "tcp", 17: "udp" };

/** An ACL has up to a thousand rules. */
const MOST_ACLS = 100;
const MOST_PROBLEMS = 1_000;

/** The pages of an agent's introspect: what the operator's tools show; of a long table a range (pageRange). */
export function introspectPages({
  name,
  agent,
  sessions,
  dataPlane,
}: IntrospectSources): Readonly<Record<string, IntrospectPage>> {
  const rows = <K extends RowDelta["kind"]>(kind: K): RowOf<K>[] =>
    // The kind tells the row's type.
    agent.state.rows.flatMap((delta) => (delta.kind === kind ? [delta.row as RowOf<K>] : []));
  return {
    status: async () => ({
      name,
      engine: dataPlane.engine,
      controlNodes: sessions.status(),
      configComplete: agent.configComplete,
      inStep: agent.swept,
      ports: agent.state.ports.map(({ port, waitsFor }) => ({
        id: port.id,
        device: port["system-name"],
        waitsFor: waitsFor ?? null,
      })),
      problems: agent.state.problems.slice(0, MOST_PROBLEMS),
      tables: await dataPlane.tableSizes(),
    }),
    interfaces: async (query) => {
      const range = pageRange(query);
      const counters = await dataPlane.interfaceCounters();
      const ports = new Map(agent.state.ports.map((state) => [state.interfaceId, state]));
      return inRange(rows("interface"), range).map((row) => ({
        ...row,
        mac: formatMacAddress(row.mac),
        subnet: formatInetPrefix(row.subnet),
        instance: ports.get(row.id)?.active?.instance,
        machine: ports.get(row.id)?.port["display-name"],
        addresses: ports.get(row.id)?.active?.addresses.map(formatInetAddress),
        label: ports.get(row.id)?.label,
        counters: counters.get(row.id),
      }));
    },
    routes: (query) => routesPage(query, rows, agent),
    "next-hops": (query) =>
      inRange(rows("next-hop"), pageRange(query)).map(({ id, action }) =>
        action.kind === "tunnel"
          ? { id, ...action, remoteAddress: formatInetAddress(action.remoteAddress) }
          : { id, ...action },
      ),
    labels: (query) => inRange(rows("label"), pageRange(query)),
    acls: (query) => inRange(rows("acl"), pageRange(query, MOST_ACLS)),
    "group-sets": (query) => inRange(rows("group-set"), pageRange(query)),
    "tunnel-endpoints": (query) =>
      inRange(rows("tunnel-endpoint"), pageRange(query)).map(({ address }) => formatInetAddress(address)),
    flows: async (query) => (await dataPlane.flows(pageRange(query))).map(flowPage),
    drops: async ({ all }) => {
      const drops = await dataPlane.drops();
      const names = all === undefined ? DROP_REASONS.filter((reason) => drops.has(reason)) : DROP_REASONS;
      return Object.fromEntries(names.map((reason) => [reason, drops.get(reason) ?? 0]));
    },
  };
}

/** A range of the routes, of one VRF where it is asked for. */
function routesPage(
  { vrf, ...query }: PageQuery,
  rows: <K extends RowDelta["kind"]>(kind: K) => readonly RowOf<K>[],
  agent: Agent,
) {
  const found = rows("route").filter((row) => vrf === undefined || row.vrf === Number(vrf));
  const nextHops = nextHopsById(rows("next-hop"));
  const names = { nextHops, interfaces: interfaceNames(agent), networks: networksByNumber(agent.view) };
  const instances = instancesByVrf(rows("interface"), agent);
  return inRange(found, pageRange(query)).map((row) => {
    const { address, length } = row.prefix;
    const isTold = isElsewhere(nextHops.get(row.nextHop));
    return routeView(
      row,
      names,
      isTold ? agent.routes.route(instances.get(row.vrf) ?? "", address, length) : undefined,
    );
  });
}

/** False for what this host has itself, which a control node may tell it all the same. */
function isElsewhere(action: NextHopAction | undefined): boolean {
  return action?.kind === "tunnel" || action?.kind === "ecmp";
}

/** Names of the instances of the ports, by the numbers of their VRFs. */
function instancesByVrf(interfaces: readonly RowOf<"interface">[], agent: Agent): ReadonlyMap<number, string> {
  const vrfs = new Map(interfaces.map(({ id, vrf }) => [id, vrf]));
  return new Map(
    agent.state.ports.flatMap(({ interfaceId, active }) => {
      const vrf = interfaceId === undefined ? undefined : vrfs.get(interfaceId);
      return vrf === undefined || active === undefined ? [] : [[vrf, active.instance] as const];
    }),
  );
}

function interfaceNames(agent: Agent): ReadonlyMap<number, InterfaceName> {
  return new Map(
    agent.state.ports.flatMap(({ interfaceId, port }) =>
      interfaceId === undefined
        ? []
        : [[interfaceId, { device: port["system-name"], machine: port["display-name"] || undefined }] as const],
    ),
  );
}

function flowPage(flow: FlowEntry): Readonly<Record<string, unknown>> {
  return {
    ...flow,
    key: {
      ...flow.key,
      protocol: PROTOCOLS[flow.key.protocol] ?? flow.key.protocol,
      sourceAddress: formatInetAddress(flow.key.sourceAddress),
      destinationAddress: formatInetAddress(flow.key.destinationAddress),
    },
  };
}
