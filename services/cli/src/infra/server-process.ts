import { spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";

/** A process by pid and start time (clock ticks since boot): together they name one process only, ever. */
export interface ServerProcess {
  readonly pid: number;
  readonly startTime: string;
}

/** Starts java in a session of its own: it goes on when we end. What it says replaces the log file. */
export async function startJava(
  java: string,
  args: readonly string[],
  directory: string,
  logFile: string,
): Promise<ServerProcess> {
  const log = openSync(logFile, "w", 0o600);
  const child = spawn(java, args, { cwd: directory, detached: true, stdio: ["ignore", log, log] });
  closeSync(log);
  await new Promise<void>((resolve, reject) => {
    child.once("spawn", () => resolve());
    child.once("error", reject);
  });
  child.unref();
  const pid = child.pid ?? 0;
  return { pid, startTime: startTimeOf(pid) ?? "" };
}

/** True while this very process runs; one that has ended and waits for its parent does not. */
export function isAlive({ pid, startTime }: ServerProcess): boolean {
  return startTime !== "" && startTimeOf(pid) === startTime;
}

/** Sends a signal if the process still is the one that was started. */
export function signal(server: ServerProcess, name: NodeJS.Signals): void {
  if (!isAlive(server)) return;
  try {
    process.kill(server.pid, name);
  } catch {
    // It has just ended.
  }
}

/** Start time of a running process (proc(5), fields 3 and 22 of stat); undefined where there is none, or a dead one. */
function startTimeOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" ? undefined : fields[19];
  } catch {
    return undefined;
  }
}
