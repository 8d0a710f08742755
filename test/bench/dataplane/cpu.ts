import { progress } from "../result-line.ts";
import { run } from "./namespaces.ts";

/**
 * What stands before a command, so that it runs on one CPU, in real time: before whatever else the machine has to do
 * there. Where that is not allowed it has to share, and the figures vary more.
 */
export async function onCpu(cpu: number): Promise<readonly string[]> {
  const pinned = ["taskset", "-c", String(cpu)];
  const realTime = ["chrt", "--rr", "1"];
  try {
    await run(...realTime, "true");
    return [...realTime, ...pinned];
  } catch (reason) {
    progress(`no real time: ${reason instanceof Error ? reason.message : String(reason)}`);
    return pinned;
  }
}
