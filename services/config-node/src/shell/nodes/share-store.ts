import type { Bus } from "@contrail/bus";
import type { Clock } from "@contrail/clock";
import type { Logger } from "@contrail/observability";
import type { ObjectStore } from "@contrail/store";
import type { RecordReader } from "../record-reader.ts";
import type { GraphCache } from "./graph-cache.ts";
import { LogFollower, type LogStart } from "./log-follower.ts";
import { SharedFreshness } from "./shared-freshness.ts";

/** What a node of several shares with the others. */
export interface SharingParts {
  readonly store: ObjectStore;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly cache: GraphCache;
  readonly records: RecordReader;
  /** Called where the log has lost records. */
  readonly onGap: () => void;
}

/**
 * Makes the graph a cache beside other nodes that write to the same store. To be called before the graph is filled; start:
 * where the log was before; run(): follows it from there on, until the signal aborts.
 */
export function shareStore(
  parts: SharingParts,
  start: LogStart | undefined,
  signal: AbortSignal,
): { run(): Promise<void> } {
  const { store, bus, clock, logger, cache, records, onGap } = parts;
  const { graph, mirror } = cache;
  const follower = new LogFollower({
    bus,
    store,
    clock,
    logger,
    records,
    apply: (change) => cache.apply(change),
    reload: () => cache.fill(),
    onGap,
  });
  cache.share(new SharedFreshness({ graph, store, bus, clock, mirror, follower, signal }));
  return { run: () => follower.run(start, signal) };
}
