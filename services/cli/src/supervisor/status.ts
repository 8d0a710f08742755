import { ContrailError } from "@contrail/errors";
import type { CloudMachine } from "./cloud.ts";
import { wideListeners } from "./listeners.ts";
import type { Machine } from "./machines.ts";
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
  /** What is wrong and what to do; null where nothing is. */
  readonly problem: string | null;
  readonly restarts: number;
}

/** The answer of `status --json`; its form is fixed. */
export interface SystemStatus {
  readonly state: "healthy" | "degraded";
  readonly engine: string;
  readonly engineReason: string;
  readonly supervisorPid: number;
  readonly nodes: readonly NodeStatus[];
  readonly machines: readonly Machine[];
  /** CloudStack's machines: those of DevCloud that run. */
  readonly cloudMachines: readonly CloudMachine[];
  /** Listeners that are open wider than the default. */
  readonly wideListeners: readonly string[];
  readonly directories: { readonly state: string; readonly run: string };
}

/** The state of the whole system, asked of every node. */
export async function systemStatus(supervisor: Supervisor): Promise<SystemStatus> {
  const nodes = await Promise.all(
    supervisor.nodes().map(async (node): Promise<NodeStatus> => {
      const { name, role, namespace, address, urls, sockets } = node.plan;
      const problem = node.problem ?? (await askedProblem(supervisor, name, role));
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
        problem: problem ?? null,
        restarts: node.restarts,
      };
    }),
  );
  const healthy = nodes.every(({ state, problem }) => state === "running" && problem === null);
  return {
    state: healthy ? "healthy" : "degraded",
    engine: supervisor.choice.engine,
    engineReason: supervisor.choice.reason,
    supervisorPid: process.pid,
    nodes,
    machines: supervisor.machines.list(),
    // A cloud that does not answer is told as that node's problem.
    cloudMachines: await supervisor.cloud.machines().catch(() => []),
    wideListeners: wideListeners(supervisor.nodes()),
    directories: supervisor.directories,
  };
}

/** What a running node says is wrong with it. */
async function askedProblem(supervisor: Supervisor, name: string, role: string): Promise<string | undefined> {
  if (role === "engine" || role === "resolver") return undefined;
  try {
    const status = (await supervisor.introspect(name, "status")) as Readonly<Record<string, unknown>>; // Our own pages.
    if (role === "control") return controlProblem(status);
    if (role === "vrouter") return agentProblem(status);
    if (role === "devcloud") return undefined; // It answers: that is all it can have wrong.
    if (role === "plugin") return pluginProblem(await supervisor.cloud.pluginWrongs());
    return status.leading === true ? undefined : "the transformer has no lease yet: derived objects wait";
  } catch (reason) {
    return `its introspect does not answer (${ContrailError.from(reason).message}); see its log`;
  }
}

function controlProblem(status: Readonly<Record<string, unknown>>): string | undefined {
  if (status.synchronized !== true) return "the configuration is not read yet; is the config node up?";
  const peers = status.peers as readonly { name: string; state: string }[]; // Our own page.
  const down = peers.filter(({ state }) => state !== "established");
  return down.length === 0
    ? undefined
    : `no BGP session with ${down.map(({ name }) => name.split(":").at(-1)).join(", ")}; is it up?`;
}

function pluginProblem(wrongs: readonly string[]): string | undefined {
  return wrongs.length === 0 ? undefined : `${wrongs.join("; ")}; see: contrail cloudstack status`;
}

function agentProblem(status: Readonly<Record<string, unknown>>): string | undefined {
  const controlNodes = status.controlNodes as readonly { address: string; state: string }[]; // Our own page.
  const lost = controlNodes.filter(({ state }) => state !== "established");
  if (lost.length === controlNodes.length) return "no control node is reached: it keeps what it has; are they up?";
  if (lost.length > 0) return `control node ${lost.map(({ address }) => address).join(", ")} is not reached; is it up?`;
  const problems = status.problems as readonly string[]; // Our own page.
  if (problems.length > 0) return problems.join("; ");
  const waiting = (status.ports as readonly { device: string; waitsFor: string | null }[]).filter(
    ({ waitsFor }) => waitsFor !== null,
  );
  return waiting.length === 0
    ? undefined
    : waiting.map(({ device, waitsFor }) => `${device} waits for its ${waitsFor}`).join("; ");
}
