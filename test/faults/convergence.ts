import { eventually } from "@contrail/testkit/embedded";
import type { FaultWorld } from "./fault-world.ts";

export const HOSTS = ["host1", "host2"] as const;
const DEADLINE_MS = 30_000;
/** Pages of an agent's introspect, and the data plane's table that has a row for each of their entries. */
const PAGES = {
  interfaces: "interface",
  routes: "route",
  "next-hops": "next-hop",
  labels: "label",
  acls: "acl",
  "group-sets": "group-set",
  "tunnel-endpoints": "tunnel-endpoint",
} as const;

interface AgentStatus {
  readonly inStep: boolean;
  readonly configComplete: boolean;
  readonly controlNodes: readonly { readonly state: string }[];
  readonly tables: Readonly<Record<string, number>>;
}

interface VpnRoute {
  readonly distinguisher: string;
  readonly prefix: string;
  readonly paths: readonly {
    readonly best: boolean;
    readonly nextHop: string;
    readonly label: number;
    readonly targets: readonly string[];
  }[];
}

/** The rows that an agent wants, by page, counters left out; and how many rows the data plane holds. */
export async function agentTables(world: FaultWorld, host: string) {
  const pages = await Promise.all(
    Object.keys(PAGES).map(async (page) => {
      const rows = await world.system.introspect<readonly unknown[]>(host, page);
      return [page, rows.map((row) => JSON.stringify(withoutCounters(row))).sort()] as const;
    }),
  );
  const { tables } = await world.system.introspect<AgentStatus>(host, "status");
  return { pages: Object.fromEntries(pages), tables };
}

/** Tables in which the data plane holds more or fewer rows than the agent wants. */
export async function unequalTables(world: FaultWorld, host: string): Promise<readonly string[]> {
  const { pages, tables } = await agentTables(world, host);
  return Object.entries(PAGES).flatMap(([page, table]) => {
    const wanted = pages[page]?.length ?? 0;
    return wanted === tables[table] ? [] : [`${host}: ${wanted} ${table} wanted, ${tables[table]} held`];
  });
}

/** Waits until every agent has all of both control nodes and its data plane is in step. */
export async function agentsInStep(world: FaultWorld): Promise<void> {
  for (const host of HOSTS) {
    await eventually(`${host} is in step`, DEADLINE_MS, async () => {
      const status = await world.system.introspect<AgentStatus>(host, "status");
      const established = status.controlNodes.every(({ state }) => state === "established");
      return established && status.inStep && status.configComplete;
    });
  }
}

/** Waits until both control nodes hold the same best routes; gives how many. */
export async function sameRoutes(world: FaultWorld): Promise<number> {
  let count = 0;
  await eventually("both control nodes hold the same routes", DEADLINE_MS, async () => {
    const [first, second] = await Promise.all(["control1", "control2"].map((node) => bestRoutes(world, node)));
    count = first?.length ?? 0;
    const only = (ours: readonly string[] = [], theirs: readonly string[] = []): readonly string[] =>
      ours.filter((route) => !theirs.includes(route));
    const different = [...only(first, second), ...only(second, first)];
    if (different.length > 0) throw new Error(different.slice(0, 4).join("; "));
    return count > 0;
  });
  return count;
}

/** Waits until pings and connections between red and green go exactly as the policy says, and none to tenant B's name. */
export async function verdictsAsAsked(world: FaultWorld): Promise<void> {
  const { policy } = world.intent;
  await eventually(`packets follow the policy ${policy}`, DEADLINE_MS, async () => {
    const [ping, web] = await Promise.all([world.pings("a-red-1", "10.2.2.11"), world.reachesWeb()]);
    if (ping === (policy === "any") && web === (policy !== "udp-53")) return true;
    throw new Error(`ping ${ping}, web ${web}`);
  });
}

async function bestRoutes(world: FaultWorld, node: string): Promise<readonly string[]> {
  const routes = await world.system.introspect<readonly VpnRoute[]>(node, "vpn-routes");
  return routes.flatMap(({ distinguisher, prefix, paths }) =>
    paths
      .filter(({ best }) => best)
      .map(
        ({ nextHop, label, targets }) =>
          `${distinguisher} ${prefix} via ${nextHop} label ${label} ${[...targets].sort().join(",")}`,
      ),
  );
}

function withoutCounters(row: unknown): unknown {
  if (typeof row !== "object" || row === null) return row;
  return { ...row, counters: undefined };
}
