import type { DataPlane } from "@contrail/dataplane";
import { DROP_REASONS, type FlowEntry, type RowDelta } from "@contrail/forwarding";
import { formatInetAddress, formatInetPrefix, formatMacAddress } from "@contrail/net";
import type { IntrospectPage } from "@contrail/runtime";
import type { Agent } from "./agent.ts";
import type { ControlSessions } from "./control-sessions.ts";

/** What the pages show. */
export interface IntrospectSources {
  readonly name: string;
  readonly agent: Agent;
  readonly sessions: ControlSessions;
  readonly dataPlane: DataPlane;
}

type RowOf<K extends RowDelta["kind"]> = Extract<RowDelta, { kind: K }>["row"];

const PROTOCOLS: Readonly<Record<number, string>> = { 1: "icmp", 6: "tcp", 17: "udp" };

/** The pages of an agent's introspect: what the operator's tools show. */
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
      problems: agent.state.problems,
      tables: await dataPlane.tableSizes(),
    }),
    interfaces: async () => {
      const counters = await dataPlane.interfaceCounters();
      const ports = new Map(agent.state.ports.map((state) => [state.interfaceId, state]));
      return rows("interface").map((row) => ({
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
    routes: ({ vrf }) =>
      rows("route")
        .filter((row) => vrf === undefined || row.vrf === Number(vrf))
        .map((row) => ({ ...row, prefix: formatInetPrefix(row.prefix) })),
    "next-hops": () =>
      rows("next-hop").map(({ id, action }) =>
        action.kind === "tunnel"
          ? { id, ...action, remoteAddress: formatInetAddress(action.remoteAddress) }
          : { id, ...action },
      ),
    labels: () => rows("label"),
    acls: () => rows("acl"),
    "group-sets": () => rows("group-set"),
    "tunnel-endpoints": () => rows("tunnel-endpoint").map(({ address }) => formatInetAddress(address)),
    flows: async () => (await dataPlane.flows()).map(flowPage),
    drops: async ({ all }) => {
      const drops = await dataPlane.drops();
      const names = all === undefined ? DROP_REASONS.filter((reason) => drops.has(reason)) : DROP_REASONS;
      return Object.fromEntries(names.map((reason) => [reason, drops.get(reason) ?? 0]));
    },
  };
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
