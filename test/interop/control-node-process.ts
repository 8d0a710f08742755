import { type ChildProcess, spawn } from "node:child_process";
import { request } from "node:http";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ConfigLog } from "./config-log.ts";
import { OURS } from "./network.ts";

/** The control node as it is run in earnest: a process in our namespace, reading a configuration log. */
export class ControlNodeProcess {
  readonly #folder: string;
  readonly #log: ConfigLog;
  #process: ChildProcess | undefined;

  constructor(folder: string, log: ConfigLog) {
    this.#folder = folder;
    this.#log = log;
    this.start();
  }

  start(): void {
    const program = fileURLToPath(new URL("../../services/control-node/src/main.ts", import.meta.url));
    const settings = {
      name: "control1",
      address: OURS.address,
      "bus-address": this.#log.address,
      "pki-dir": this.#log.directory,
      "introspect-socket": join(this.#folder, "introspect.sock"),
      "log-level": "error",
    };
    const flags = Object.entries(settings).flatMap(([key, value]) => [`--${key}`, value]);
    const command = ["netns", "exec", OURS.namespace, process.execPath, program, ...flags];
    this.#process = spawn("ip", command, { stdio: ["ignore", "inherit", "inherit"] });
  }

  /** Ends it; nothing where it has ended already. */
  stop(signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    const child = this.#process;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
    return new Promise((resolve) => {
      child.once("close", () => resolve());
      child.kill(signal);
    });
  }

  /** A page of its introspect. */
  introspect(page: string): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const ask = request({ socketPath: join(this.#folder, "introspect.sock"), path: `/${page}` }, async (answer) => {
        resolve(JSON.parse(Buffer.concat(await answer.toArray()).toString()));
      });
      ask.on("error", reject);
      ask.end();
    });
  }
}
