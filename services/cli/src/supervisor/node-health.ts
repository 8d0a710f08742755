import { ContrailError } from "@contrail/errors";
import type { NodePlan } from "./layout.ts";

/** How a node is. */
export interface NodeHealth {
  /** False where it gives no answer; null where there is nothing to ask it, or it does not run. */
  readonly answers: boolean | null;
  /** What is wrong and what to do; null where nothing is. */
  readonly problem: string | null;
  /** What an operator has to know though nothing is wrong. */
  readonly notes: readonly string[];
}

/** A node that is asked. */
export interface AskedNode {
  readonly plan: Pick<NodePlan, "name" | "role">;
  /** Why it is not running. */
  readonly problem: string | undefined;
  readonly logFile: string;
}

/** What a node is asked by. Each call rejects by itself in a few seconds. */
export interface Questions {
  introspect(node: string, page: string): Promise<unknown>;
  /** What the plugin says is wrong. */
  pluginWrongs(): Promise<readonly string[]>;
}

type Page = Readonly<Record<string, unknown>>;

/** Roles that have no introspect. */
const SILENT: ReadonlySet<NodePlan["role"]> = new Set(["engine", "resolver", "cassandra", "kafka"]);

/** Asks a node how it is. Never rejects. */
export async function nodeHealth({ plan, problem, logFile }: AskedNode, questions: Questions): Promise<NodeHealth> {
  const { name, role } = plan;
  if (problem !== undefined || SILENT.has(role)) return { answers: null, problem: problem ?? null, notes: [] };
  try {
    const wrongs = role === "plugin" ? questions.pluginWrongs() : undefined; // Beside the page, not after it.
    wrongs?.catch(() => {}); // Told where it is waited for.
    const status = (await questions.introspect(name, "status")) as Page; // Our own pages.
    const notes = (status.notes ?? []) as readonly string[]; // Our own pages; those of one role have it.
    return { answers: true, problem: problemOf(role, status, (await wrongs) ?? []) ?? null, notes };
  } catch (reason) {
    const { code, message, fields } = ContrailError.from(reason);
    const why = code === "socket.timeout" ? `in ${String(fields.seconds)} s` : `(${message})`;
    return { answers: false, problem: `does not answer ${why}; its log: ${logFile}`, notes: [] };
  }
}

function problemOf(role: NodePlan["role"], status: Page, pluginWrongs: readonly string[]): string | undefined {
  switch (role) {
    case "control":
      return controlProblem(status);
    case "vrouter":
      return agentProblem(status);
    case "plugin":
      return pluginWrongs.length === 0 ? undefined : `${pluginWrongs.join("; ")}; see: contrail cloudstack status`;
    case "config":
      return status.leading === true ? undefined : "the transformer has no lease yet: derived objects wait";
    default:
      return undefined; // It answers: that is all that it can have wrong.
  }
}

function controlProblem(status: Page): string | undefined {
  if (status.synchronized !== true) return "the configuration is not read yet; is the config node up?";
  const peers = status.peers as readonly { name: string; state: string }[]; // Our own page.
  const down = peers.filter(({ state }) => state !== "established");
  return down.length === 0
    ? undefined
    : `no BGP session with ${down.map(({ name }) => name.split(":").at(-1)).join(", ")}; is it up?`;
}

function agentProblem(status: Page): string | undefined {
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
