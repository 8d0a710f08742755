import { readFileSync } from "node:fs";

/** Clock ticks a second of /proc (USER_HZ, the same on every Linux of today). */
const TICKS = 100;
/** Between two samples of a node's event loop: what its measures of lag are at least. */
const SAMPLING_MS = 10;

/** Milliseconds that the event loop of a node was late in 99 of 100 cases, since this was asked for the last time. */
export async function eventLoopLagMs(introspectPort: number): Promise<number> {
  return (await metric(`127.0.0.1:${introspectPort}`, "nodejs_eventloop_lag_p99_seconds")) * 1_000;
}

/** Longest time in milliseconds that the event loop of a node was held up, since its metrics were read the last time. */
export async function longestBlockMs(introspect: string): Promise<number> {
  const lagMs = (await metric(introspect, "nodejs_eventloop_lag_max_seconds")) * 1_000;
  return Math.max(0, lagMs - SAMPLING_MS);
}

/** One of a node's metrics without labels. Rejects where the node has none of that name. */
async function metric(introspect: string, name: string): Promise<number> {
  const text = await (await fetch(`http://${introspect}/metrics`)).text();
  const line = text.split("\n").find((each) => each.startsWith(`${name} `));
  if (line === undefined) throw new Error(`the node does not tell ${name}`);
  return Number(line.slice(name.length + 1));
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
