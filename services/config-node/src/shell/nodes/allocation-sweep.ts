import type { Clock } from "@contrail/clock";
import { ContrailError } from "@contrail/errors";
import type { Logger } from "@contrail/observability";
import type { ObjectStore } from "@contrail/store";

const EVERY_MS = 300_000;
/** Age of claims that belong to no object and are freed: no creation is between claim and write for so long. */
export const ORPHAN_MS = 600_000;

/** Frees what was claimed for objects that were not written, every five minutes while this node leads, until the signal aborts. */
export async function sweepAllocations(
  parts: { readonly store: ObjectStore; readonly clock: Clock; readonly logger: Logger },
  isLeading: () => boolean,
  signal: AbortSignal,
): Promise<void> {
  const { store, clock, logger } = parts;
  while (!signal.aborted) {
    await clock.sleep(EVERY_MS, signal).catch(() => undefined); // Aborted: the loop ends.
    if (signal.aborted || !isLeading()) continue;
    try {
      const freed = await store.sweepAllocations(ORPHAN_MS);
      if (freed > 0) logger.info("numbers of objects that were not written are free", { freed });
    } catch (reason) {
      if (!signal.aborted) logger.warn("numbers were not swept", { reason: ContrailError.from(reason).message });
    }
  }
}
