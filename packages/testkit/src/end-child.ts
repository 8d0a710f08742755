import type { ChildProcess } from "node:child_process";
import { once } from "node:events";

/** Sends a process a signal and waits until it is gone; one that is gone already, or was never there, is no error. */
export async function endChild(child: ChildProcess | undefined, signal: NodeJS.Signals): Promise<void> {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.kill(signal);
  await gone;
}
