import { randomUUID } from "node:crypto";
import { type Bus, CONFIG_TOPIC } from "@contrail/bus";
import { ContrailError } from "@contrail/errors";
import type { Logger } from "@contrail/observability";
import type { ObjectStore } from "@contrail/store";
import type { Settings } from "./config.ts";
import { sweepAllocations } from "./shell/nodes/allocation-sweep.ts";
import { type SharingParts, shareStore } from "./shell/nodes/share-store.ts";
import { ObjectService } from "./shell/object-service.ts";
import { PublishAgain } from "./shell/publish-again.ts";
import { publish } from "./shell/publisher.ts";
import { RecentRemovals } from "./shell/recent-removals.ts";
import { TransformerRunner } from "./shell/transformer-runner.ts";

/** The objects of a node, and what keeps them published and derived. */
export interface NodeObjects {
  readonly objects: ObjectService;
  readonly runner: TransformerRunner;
  /** Other nodes write to the store too. */
  readonly isShared: boolean;
  /** Fills the graph; resolves when it can be served, and gives what goes on until the signal aborts. */
  start(signal: AbortSignal): Promise<{ readonly ended: Promise<unknown> }>;
}

/** Nothing is read before start(). */
export function nodeObjects(settings: Settings, parts: Omit<SharingParts, "cache" | "onGap">): NodeObjects {
  const { store, clock, logger } = parts;
  const objects = new ObjectService(store, clock);
  // Other nodes may be at work on the same store: what runs here has a name of its own, also after a restart.
  const isShared = settings.store === "cassandra";
  const holder = isShared ? `${settings.name}/${randomUUID()}` : settings.name;
  const runner = new TransformerRunner(objects, store, clock, logger, holder);
  const removals = new RecentRemovals();
  objects.onChange((change) => removals.note(change));
  const again = new PublishAgain();
  const removed = (uuid: string) => objects.graph.get(uuid) ?? removals.get(uuid);
  const written = isShared ? undefined : (uuid: string) => objects.graph.get(uuid);
  return {
    objects,
    runner,
    isShared,
    async start(signal) {
      const end = await endOfLog(parts.bus, logger);
      if (end === 0n && (await hasObjects(store))) again.ask();
      const sharingParts = { ...parts, cache: objects.cache, onGap: () => again.ask() };
      const sharing = isShared ? shareStore(sharingParts, end, signal) : undefined;
      await objects.load();
      const ended = Promise.all([
        publish({ ...parts, removed, again, ...(written === undefined ? {} : { written }) }, signal),
        runner.run(signal),
        sharing?.run(),
        isShared ? sweepAllocations(parts, () => runner.leading, signal) : undefined,
      ]);
      return { ended };
    },
  };
}

/** Where the log ends; undefined: it does not say. */
function endOfLog(bus: Bus, logger: Logger): Promise<bigint | undefined> {
  return bus.highWaterMark(CONFIG_TOPIC).catch((reason: unknown) => {
    logger.warn("starting without the bus", { reason: ContrailError.from(reason).message });
    return undefined;
  });
}

/** True where a node has written before: then an empty log is one that was lost. */
async function hasObjects(store: ObjectStore): Promise<boolean> {
  for await (const _object of store.all()) return true;
  return false;
}
