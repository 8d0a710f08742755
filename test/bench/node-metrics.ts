import { readFileSync } from "node:fs";

/** Clock ticks a second of /proc (USER_HZ, the same on every Linux of today). */
const TICKS = 100;

/** Milliseconds that the event loop of a node was late in 99 of 100 cases, since this was asked for the last time. */
export async function eventLoopLagMs(introspectPort: number): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${introspectPort}/metrics`)).text();
  const seconds = /^nodejs_eventloop_lag_p99_seconds ([0-9.e+-]+)$/m.exec(text)?.[1];
  if (seconds === undefined) throw new Error("the node does not tell the lag of its event loop");
  return Number(seconds) * 1_000;
}

/** Processor seconds that a process has used. */
export function cpuSeconds(pid: number): number {
  const text = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}

/** Resident bytes of a process. */
export function residentBytes(pid: number): number {
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return Number(kilobytes) * 1_024;
}
