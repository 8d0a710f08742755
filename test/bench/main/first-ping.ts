import { EmbeddedSystem, eventually } from "@contrail/testkit/embedded";
import { progress } from "../result-line.ts";
import { makeMachines, makeNetworks, pings, RED } from "./bench-network.ts";
import type { Options } from "./options.ts";

const PING_DEADLINE_MS = 30_000;

/**
 * Seconds from the start of `npm start`, with empty databases, to the first ping that is answered between machines of
 * two hosts, once a run. The first run, which warms caches of files and code, is not counted.
 */
export async function startToFirstPing({ runs, engine }: Options, signal: AbortSignal): Promise<readonly number[]> {
  const seconds: number[] = [];
  for (let run = 0; run <= runs; run++) {
    signal.throwIfAborted();
    const startedAt = performance.now();
    const system = await EmbeddedSystem.start(engine);
    try {
      await makeNetworks(system, [RED]);
      const [first, second] = await makeMachines(system, RED, RED);
      await eventually("a ping is answered", PING_DEADLINE_MS, () => pings(first, second));
      const took = (performance.now() - startedAt) / 1_000;
      progress(`start ${run === 0 ? "to warm up" : `${run} of ${runs}`}: first ping after ${took.toFixed(2)} s`);
      if (run > 0) seconds.push(took);
    } finally {
      await system.close();
    }
  }
  return seconds;
}
