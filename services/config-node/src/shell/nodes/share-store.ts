import { type Bus, CONFIG_TOPIC } from "@contrail/bus";
import type { Clock } from "@contrail/clock";
import { ContrailError } from "@contrail/errors";
import type { Logger } from "@contrail/observability";
import type { ObjectStore } from "@contrail/store";
import type { GraphCache } from "./graph-cache.ts";
import { LogFollower } from "./log-follower.ts";
import { SharedFreshness } from "./shared-freshness.ts";

/** What a node of several shares with the others. */
export interface SharingParts {
  readonly store: ObjectStore;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly cache: GraphCache;
}

/**
 * Makes the graph a cache beside other nodes that write to the same store. To be called before the graph is filled; run():
 * follows the log from then on, until the signal aborts.
 */
export async function shareStore(parts: SharingParts, signal: AbortSignal): Promise<{ run(): Promise<void> }> {
  const { store, bus, clock, logger, cache } = parts;
  const { graph, mirror } = cache;
  const follower = new LogFollower({
    bus,
    clock,
    logger,
    apply: (change) => cache.apply(change),
    reload: () => cache.fill(),
  });
  cache.share(new SharedFreshness({ graph, store, bus, clock, mirror, follower, signal }));
  const start = await bus.highWaterMark(CONFIG_TOPIC).catch((reason: unknown) => {
    logger.warn("starting without the bus", { reason: ContrailError.from(reason).message });
    return undefined;
  });
  return { run: () => follower.run(start, signal) };
}
