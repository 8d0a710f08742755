import { setTimeout as sleep } from "node:timers/promises";
import { isWellNode, type SystemStatus } from "./status.ts";

/** Between two looks; milliseconds. */
const CHECK_MS = 200;

/** How long somebody waits for a system in which nothing is wrong. */
export interface Patience {
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
}

/**
 * Looks at the system until nothing is wrong with its nodes: those that run are still to find each other then, by sessions,
 * leases and webhooks. A machine that has no network is not waited for: it gets none by itself. Resolves with the last
 * status, that of a degraded system where the time is up or the signal came.
 */
export async function untilHealthy(look: () => Promise<SystemStatus>, patience: Patience): Promise<SystemStatus> {
  const end = performance.now() + patience.deadlineMs;
  for (;;) {
    const status = await look();
    if (status.nodes.every(isWellNode) || patience.signal.aborted || performance.now() > end) return status;
    await sleep(CHECK_MS);
  }
}

/** What is wrong with the nodes, each by its name. */
export function wrongsOfNodes({ nodes }: Pick<SystemStatus, "nodes">): readonly string[] {
  return nodes.flatMap(({ name, problem }) => (problem === null ? [] : [`${name}: ${problem}`]));
}
