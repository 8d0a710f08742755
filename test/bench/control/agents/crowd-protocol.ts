import type { AgentCounts } from "./message-count.ts";

/** What the bench tells a process of agents. */
export type CrowdCommand =
  | { readonly kind: "publish" }
  | { readonly kind: "withdraw" }
  /** Answered when each of the agents has been told of so many routes since its start. */
  | { readonly kind: "await"; readonly what: keyof AgentCounts; readonly count: number };

/** What it answers: at its start, when all sessions are up, and to each "await". */
export interface CrowdAnswer {
  /** When the last agent had what was awaited: milliseconds of the machine's monotonic clock. */
  readonly atMs: number;
  /** The most that one of them had by then. */
  readonly most: number;
}

/** Milliseconds of a clock that all processes of the machine share. */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
