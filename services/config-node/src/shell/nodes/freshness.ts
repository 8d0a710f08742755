import type { LookedName } from "./lookups.ts";

/** Whether what the graph says is what the store holds, where other nodes write to the store too. */
export interface Freshness {
  /**
   * Brings objects and names to what the store holds, before a refusal is told or something is decided by them. Rejects
   * with store.unavailable where the store cannot say.
   */
  confirm(uuids: readonly string[], names: readonly LookedName[]): Promise<void>;
  /** Compares them for a reader, in bounded time; false: the store did not say. */
  current(uuids: readonly string[], names: readonly LookedName[]): Promise<boolean>;
  /** Resolves when all that was acknowledged before the call is in the graph, or when waiting has ended: then with false. */
  caughtUp(): Promise<boolean>;
  /** Resolves when the graph holds what lies in the log before a position; rejects when the signal aborts. */
  reached(position: bigint, signal: AbortSignal): Promise<void>;
}

/** A node that is alone with its store: it has written all that there is. */
export const SOLE_NODE: Freshness = {
  confirm: () => Promise.resolve(),
  current: () => Promise.resolve(true),
  caughtUp: () => Promise.resolve(true),
  reached: () => Promise.resolve(),
};
