import { randomUUID } from "node:crypto";
import { ContrailError } from "@contrail/errors";
import type { Logger } from "@contrail/observability";
import type { ObjectStore } from "@contrail/store";
import type { Settings } from "./config.ts";
import { NotCompiled } from "./core/not-compiled.ts";
import { sweepAllocations } from "./shell/nodes/allocation-sweep.ts";
import { type LogStart, logStart } from "./shell/nodes/log-follower.ts";
import { ModelFloor } from "./shell/nodes/model-floor.ts";
import { type SharingParts, shareStore } from "./shell/nodes/share-store.ts";
import { ObjectService } from "./shell/object-service.ts";
import { PublishAgain } from "./shell/publish-again.ts";
import { publish } from "./shell/publisher.ts";
import { RecentRemovals } from "./shell/recent-removals.ts";
import { TransformerRunner } from "./shell/transformer-runner.ts";

/** The objects of a node, and what keeps them published and derived. */
export interface NodeObjects {
  readonly objects: ObjectService;
  /** What introspect tells of them. */
  state(): Readonly<Record<string, unknown>>;
  /** Other nodes write to the store too. */
  readonly isShared: boolean;
  /**
   * Fills the graph; resolves when it can be served, and gives what goes on until the signal aborts. retire: told why when
   * the node has become too old for its store.
   */
  start(signal: AbortSignal, retire: (reason: unknown) => void): Promise<{ readonly ended: Promise<unknown> }>;
}

/** Nothing is read before start(). */
export function nodeObjects(settings: Settings, parts: Omit<SharingParts, "cache" | "onGap">): NodeObjects {
  const { store, clock, logger } = parts;
  // Other nodes may be at work on the same store: what runs here has a name of its own, also after a restart.
  const isShared = settings.store === "cassandra";
  const predecessors = isShared ? `${settings.name}/` : undefined;
  const holder = isShared ? `${settings.name}/${randomUUID()}` : settings.name;
  const floor = new ModelFloor(parts, holder, isShared);
  const objects = new ObjectService(store, clock, floor);
  const runner = new TransformerRunner({ objects, store, clock, logger, name: holder, predecessors });
  const removals = new RecentRemovals();
  objects.onChange((change) => removals.note(change));
  const notCompiled = new NotCompiled();
  objects.onChange((change) => notCompiled.note(change));
  const again = new PublishAgain();
  const removed = (uuid: string) => objects.graph.get(uuid) ?? removals.get(uuid);
  const written = isShared ? undefined : (uuid: string) => objects.graph.get(uuid);
  return {
    objects,
    isShared,
    state: () => ({
      objects: objects.graph.size,
      leading: runner.leading,
      epoch: runner.epoch,
      derivedPending: runner.pending,
      model: floor.status,
      notes: notCompiled.notes,
    }),
    async start(signal, retire) {
      await floor.join(signal);
      const start = await startOfLog(parts, logger);
      if (start?.end === 0n && (await hasObjects(store))) again.ask();
      const sharingParts = { ...parts, cache: objects.cache, onGap: () => again.ask() };
      const sharing = isShared ? shareStore(sharingParts, start, signal) : undefined;
      await objects.load();
      const ended = Promise.all([
        publish({ ...parts, removed, again, ...(written === undefined ? {} : { written }) }, signal),
        runner.run(signal),
        sharing?.run(),
        isShared ? sweepAllocations(parts, () => runner.leading, signal) : undefined,
        floor.keep(signal).catch(retire),
      ]);
      return { ended };
    },
  };
}

/** Where the log is; undefined: it does not say. */
function startOfLog(parts: Pick<SharingParts, "bus" | "store">, logger: Logger): Promise<LogStart | undefined> {
  return logStart(parts).catch((reason: unknown) => {
    logger.warn("starting without the bus", { reason: ContrailError.from(reason).message });
    return undefined;
  });
}

/** True where a node has written before: then an empty log is one that was lost. */
async function hasObjects(store: ObjectStore): Promise<boolean> {
  for await (const _object of store.all()) return true;
  return false;
}
