import type { Clock } from "@contrail/clock";
import { ContrailError } from "@contrail/errors";
import type { VncClient } from "@contrail/vnc-client";

/** Longer than this nobody who asks for the status waits. */
const PROBE_DEADLINE_MS = 2_000;

/** Whether the configuration node answers. */
export interface ConfigurationState {
  readonly socket: string;
  readonly reachable: boolean;
  /** Why it is not; null where it is. */
  readonly reason: string | null;
}

/** Asks the configuration node for its first page. Never rejects. */
export async function probeConfiguration(vnc: VncClient, socket: string, clock: Clock): Promise<ConfigurationState> {
  const late = Promise.withResolvers<never>();
  const timer = clock.setTimer(PROBE_DEADLINE_MS, () =>
    late.reject(new ContrailError("vnc.unavailable", `no answer in ${PROBE_DEADLINE_MS / 1_000} s`)),
  );
  try {
    await Promise.race([vnc.call("GET", "/"), late.promise]);
    return { socket, reachable: true, reason: null };
  } catch (reason) {
    return { socket, reachable: false, reason: ContrailError.from(reason).message };
  } finally {
    timer.cancel();
  }
}
