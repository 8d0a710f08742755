import { longestBlockMs } from "../node-metrics.ts";
import { progress } from "../result-line.ts";
import { BgpEnd, HoldTimerExpired } from "./bgp-end.ts";
import { type Figures, printComparison } from "./comparison.ts";
import { Field } from "./field.ts";
import type { Options } from "./options.ts";
import type { OwnSpeaker } from "./ours.ts";
import { loadOf } from "./reflection-case.ts";
import { COLLECTORS, INJECTOR } from "./speaker-under-test.ts";

const HOLD_SECONDS = 9;
const SESSIONS = 4;

/** What one load came to. */
interface HeldLoad {
  /** Sessions that ended because one side had heard nothing of the other for the hold time. */
  readonly expiries: number;
  /** Longest time that the event loop was held up, from the first octet to the last withdrawal. */
  readonly blockMs: number;
}

/**
 * t8: all routes are loaded, and lost again with their injector, while sessions have a short hold time. A cold node is
 * started for each round.
 */
export async function holdTimeCase({ large, runs }: Options, signal: AbortSignal): Promise<void> {
  const { octets } = loadOf("t1", large);
  const loads: HeldLoad[] = [];
  for (let run = 1; run <= runs; run++) {
    signal.throwIfAborted();
    progress(`t8: round ${run} of ${runs}`);
    loads.push(await Field.with(async (field) => heldLoad(await field.ours(), octets, large, signal)));
  }
  const on = [`${large} VPNv4 routes`, `hold time ${HOLD_SECONDS} s`, `sessions: ${SESSIONS}`, "reflection"];
  const figures = (values: readonly number[]): readonly Figures[] => [
    { label: "ours", program: "node", version: process.versions.node, values, cpu: [] },
  ];
  const expiries = loads.reduce((sum, load) => sum + load.expiries, 0);
  const blocks = loads.map(({ blockMs }) => blockMs);
  printComparison({ name: "t8", unit: "expired sessions", on }, figures([expiries]));
  printComparison({ name: "t8-block", unit: "ms", on }, figures([Math.max(...blocks)]));
}

async function heldLoad(
  speaker: OwnSpeaker,
  octets: Uint8Array,
  routes: number,
  signal: AbortSignal,
): Promise<HeldLoad> {
  const { introspect } = speaker;
  const establish = (from: string): Promise<BgpEnd> =>
    BgpEnd.establish(from, speaker, signal, { holdSeconds: HOLD_SECONDS });
  const collectors = await Promise.all(COLLECTORS.slice(0, SESSIONS - 1).map(establish));
  const injector = await establish(INJECTOR);
  const closeAll = (): void => {
    for (const end of [injector, ...collectors]) end.close();
  };
  signal.addEventListener("abort", closeAll);
  try {
    await longestBlockMs(introspect); // From here on.
    injector.send(octets);
    let expiries = await expired(collectors.map((end) => end.heard("announced", routes)));
    expiries += await expired([injector.heard("announced", 0)]);
    injector.close();
    if (expiries === 0) expiries += await expired(collectors.map((end) => end.heard("withdrawn", routes)));
    return { expiries, blockMs: await longestBlockMs(introspect) };
  } finally {
    signal.removeEventListener("abort", closeAll);
    closeAll();
  }
}

/** How many of these ended with the hold time; rejects where one ended with something else. */
async function expired(waits: readonly Promise<unknown>[]): Promise<number> {
  let count = 0;
  for (const result of await Promise.allSettled(waits)) {
    if (result.status === "fulfilled") continue;
    if (!(result.reason instanceof HoldTimerExpired)) throw result.reason;
    count++;
  }
  return count;
}
