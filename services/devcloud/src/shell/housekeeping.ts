import { ContrailError } from "@contrail/errors";
import type { Cloud } from "./cloud.ts";

/** How long things are kept that nobody uses. */
export interface HouseRules {
  readonly expungeDelayMs: number;
  readonly networkGcMs: number;
}

/** How often is looked, at most. */
const ROUND_MS = 10_000;

/** Until it is stopped: forgets machines that were destroyed long ago, and shuts networks down that no machine uses. */
export async function keepHouse(cloud: Cloud, rules: HouseRules, signal: AbortSignal): Promise<void> {
  const idleSinceMs = new Map<string, number>();
  while (!signal.aborted) {
    await expungeMachines(cloud, rules);
    await collectNetworks(cloud, rules, idleSinceMs);
    const pauseMs = Math.min(rules.expungeDelayMs, rules.networkGcMs, ROUND_MS);
    await cloud.clock.sleep(pauseMs, signal).catch(() => undefined);
  }
}

async function expungeMachines(
  { store, machines, clock, logger }: Cloud,
  { expungeDelayMs }: HouseRules,
): Promise<void> {
  const before = clock.wallMs() - expungeDelayMs;
  for (const machine of [...store.all("machine")]) {
    if (machine.state !== "Destroyed" || (machine.updatedMs ?? 0) > before) continue;
    await machines.expunge(machine.uuid).catch((reason: unknown) => {
      logger.warn("machine is not expunged", { machine: machine.uuid, message: ContrailError.from(reason).message });
    });
  }
}

/** As CloudStack's network.gc: a network that was idle for the whole time is shut down, and implemented anew when needed. */
async function collectNetworks(
  { store, networks, clock, logger }: Cloud,
  { networkGcMs }: HouseRules,
  idleSinceMs: Map<string, number>,
): Promise<void> {
  const now = clock.monotonicMs();
  for (const network of [...store.all("network")]) {
    const isIdle = network.state === "Implemented" && !networks.isUsed(network.uuid);
    if (!isIdle) idleSinceMs.delete(network.uuid);
    else if (!idleSinceMs.has(network.uuid)) idleSinceMs.set(network.uuid, now);
    if (now - (idleSinceMs.get(network.uuid) ?? now) < networkGcMs) continue;
    idleSinceMs.delete(network.uuid);
    await networks.collect(network.uuid).catch((reason: unknown) => {
      logger.warn("network is not shut down", { network: network.uuid, message: ContrailError.from(reason).message });
    });
  }
  for (const uuid of idleSinceMs.keys()) if (store.find("network", uuid) === undefined) idleSinceMs.delete(uuid);
}
