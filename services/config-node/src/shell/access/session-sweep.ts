import type { Clock } from "@contrail/clock";
import { ContrailError } from "@contrail/errors";
import type { Logger } from "@contrail/observability";
import type { Sessions } from "./sessions.ts";

const EVERY_MS = 300_000;

/** Removes sessions that are over, now and every five minutes, until the signal aborts. */
export async function sweepSessions(
  sessions: Sessions,
  clock: Clock,
  logger: Logger,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      await sessions.sweep();
    } catch (reason) {
      if (!signal.aborted) logger.warn("sessions were not swept", { reason: ContrailError.from(reason).message });
    }
    await clock.sleep(EVERY_MS, signal).catch(() => undefined); // Aborted: the loop ends.
  }
}
