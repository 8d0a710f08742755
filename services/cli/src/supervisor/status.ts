import type { CloudMachine } from "./cloud.ts";
import { wideListeners } from "./listeners.ts";
import type { Machine } from "./machines.ts";
import { nodeHealth } from "./node-health.ts";
import type { NodeProcess } from "./node-process.ts";
import type { Supervisor } from "./supervisor.ts";

/** One node as `contrail status --json` shows it. This form is a contract: fields are added, never changed. */
export interface NodeStatus {
  readonly name: string;
  readonly role: string;
  readonly namespace: string;
  readonly pid: number | null;
  readonly address: string;
  readonly urls: Readonly<Record<string, string>>;
  readonly sockets: Readonly<Record<string, string>>;
  readonly engine: string | null;
  readonly state: string;
  /** False where it runs and gives no answer; null where it is not asked. */
  readonly answers: boolean | null;
  /** What is wrong and what to do; null where nothing is. */
  readonly problem: string | null;
  /** What one has to know though nothing is wrong: what is stored and has no effect. */
  readonly notes: readonly string[];
  readonly restarts: number;
}

/** A machine of the embedded system; problem: why it is without network and what to do, null where it is not. */
export interface MachineStatus extends Machine {
  readonly problem: string | null;
}

/** The answer of `status --json`; its form is fixed. */
export interface SystemStatus {
  readonly state: "healthy" | "degraded";
  readonly engine: string;
  readonly engineReason: string;
  readonly supervisorPid: number;
  readonly nodes: readonly NodeStatus[];
  readonly machines: readonly MachineStatus[];
  /** CloudStack's machines: those of DevCloud that run. */
  readonly cloudMachines: readonly CloudMachine[];
  /** Listeners that are open wider than the default. */
  readonly wideListeners: readonly string[];
  readonly directories: { readonly state: string; readonly run: string };
}

/** Longer than this nobody who asks for the status waits for a node; milliseconds. */
const PAGE_MS = 2_000;
/** The plugin asks the configuration node meanwhile, for 2 s at most. */
const PLUGIN_MS = 4_000;

/** The state of the whole system; nodes and cloud are asked side by side, and none of them for longer than a few seconds. */
export async function systemStatus(supervisor: Supervisor): Promise<SystemStatus> {
  const [nodes, cloudMachines] = await Promise.all([
    Promise.all(supervisor.nodes().map((node) => nodeStatus(supervisor, node))),
    supervisor.cloud.machines({ deadlineMs: PAGE_MS }).catch(() => []), // A cloud that does not answer is told as that node's problem.
  ]);
  const machines = supervisor.machines
    .list()
    .map((machine) => ({ ...machine, problem: supervisor.machines.problem(machine.name) ?? null }));
  const isWell = nodes.every(isWellNode) && machines.every(({ problem }) => problem === null);
  return {
    state: isWell ? "healthy" : "degraded",
    engine: supervisor.choice.engine,
    engineReason: supervisor.choice.reason,
    supervisorPid: process.pid,
    nodes,
    machines,
    cloudMachines,
    wideListeners: wideListeners(supervisor.nodes()),
    directories: supervisor.directories,
  };
}

/** True for a node that runs and names no problem. */
export function isWellNode({ state, problem }: Pick<NodeStatus, "state" | "problem">): boolean {
  return state === "running" && problem === null;
}

async function nodeStatus(supervisor: Supervisor, node: NodeProcess): Promise<NodeStatus> {
  const { name, role, namespace, address, urls, sockets } = node.plan;
  const { answers, problem, notes } = await nodeHealth(node, {
    introspect: (name, page) => supervisor.introspect(name, page, { deadlineMs: PAGE_MS }),
    pluginWrongs: () => supervisor.cloud.pluginWrongs({ deadlineMs: PLUGIN_MS }),
  });
  return {
    name,
    role,
    namespace,
    pid: node.pid ?? null,
    address,
    urls,
    sockets,
    engine: role === "vrouter" ? supervisor.choice.engine : null,
    state: node.state,
    answers,
    problem,
    notes,
    restarts: node.restarts,
  };
}
