import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";

/** A process in a namespace that runs until it is stopped; what it says goes to a file. */
export class BackgroundProcess {
  readonly #child: ChildProcess;
  readonly #exited: Promise<void>;

  constructor(namespace: string, logFile: string, command: string, ...args: string[]) {
    const log = openSync(logFile, "w");
    this.#child = spawn("ip", ["netns", "exec", namespace, command, ...args], { stdio: ["ignore", log, log] });
    closeSync(log);
    this.#exited = new Promise((resolve) => this.#child.once("close", () => resolve()));
  }

  /** `ip netns exec` becomes the command, so the signal reaches it. */
  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    this.#child.kill(signal);
    await this.#exited;
  }
}
