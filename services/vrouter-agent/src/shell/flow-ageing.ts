import type { Clock } from "@contrail/clock";
import type { DataPlane } from "@contrail/dataplane";
import { ContrailError } from "@contrail/errors";
import type { Logger } from "@contrail/observability";

/** Least pause between two looks for flows that are over. */
const PAUSE_MS = 1_000;
/** A pause is so many times as long as the look before it: with a full table a look takes a third of a second. */
const PAUSES_PER_LOOK = 20;

/** Removes flows that are over, again and again, until the returned function is called. */
export function startAgeing(dataPlane: Pick<DataPlane, "ageFlows">, clock: Clock, logger: Logger): () => void {
  let ageing = clock.setTimer(PAUSE_MS, age);
  let stopped = false;
  function age(): void {
    const startMs = clock.monotonicMs();
    dataPlane
      .ageFlows()
      .catch((reason: unknown) => logger.warn("flows not aged", { reason: ContrailError.from(reason).message }))
      .finally(() => {
        const pauseMs = Math.max(PAUSE_MS, PAUSES_PER_LOOK * (clock.monotonicMs() - startMs));
        if (!stopped) ageing = clock.setTimer(pauseMs, age);
      });
  }
  return () => {
    stopped = true;
    ageing.cancel();
  };
}
