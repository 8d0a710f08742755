import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ConfigLog } from "./config-log.ts";
import { OURS } from "./network.ts";

/** Which control node, and where. */
export interface ControlNodePlace {
  readonly name: string;
  readonly address: string;
  /** The machine's own network where it is undefined. */
  readonly namespace: string | undefined;
  /** More settings, by the names of their flags. */
  readonly flags?: Readonly<Record<string, string | number>>;
}

const PLACE: ControlNodePlace = { name: "control1", ...OURS };

/** The control node as it is run in earnest: a process of its own, reading a configuration log. */
export class ControlNodeProcess {
  readonly #folder: string;
  readonly #log: ConfigLog;
  readonly #place: ControlNodePlace;
  #process: ChildProcess | undefined;

  constructor(folder: string, log: ConfigLog, place: ControlNodePlace = PLACE) {
    this.#folder = folder;
    this.#log = log;
    this.#place = place;
    this.start();
  }

  start(): void {
    const program = fileURLToPath(new URL("../../services/control-node/src/main.ts", import.meta.url));
    const { name, address, namespace, flags } = this.#place;
    const settings = {
      name,
      address,
      "bus-address": this.#log.address,
      "pki-dir": this.#log.directory,
      "introspect-socket": this.#socket,
      "log-level": "error",
      ...flags,
    };
    const given = Object.entries(settings).flatMap(([key, value]) => [`--${key}`, String(value)]);
    const command = [process.execPath, program, ...given];
    const inside = namespace === undefined ? command : ["ip", "netns", "exec", namespace, ...command];
    this.#process = spawn(inside[0] ?? "", inside.slice(1), { stdio: ["ignore", "inherit", "inherit"] });
  }

  /** Ends it; nothing where it has ended already. `ip netns exec` becomes the command, so the signal reaches it. */
  stop(signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    const child = this.#process;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
    return new Promise((resolve) => {
      child.once("close", () => resolve());
      child.kill(signal);
    });
  }

  signal(signal: NodeJS.Signals): void {
    this.#process?.kill(signal);
  }

  /** True while it runs; one that has crashed does not. */
  get running(): boolean {
    return this.#process?.exitCode === null && this.#process.signalCode === null;
  }

  /** Memory that it has now (VmRSS of proc_pid_status). */
  get residentBytes(): number {
    const status = readFileSync(`/proc/${this.#process?.pid}/status`, "utf8");
    return Number(/^VmRSS:\s*(\d+) kB$/m.exec(status)?.[1] ?? Number.NaN) * 1024;
  }

  /** Processor time that it has had (utime and stime of proc_pid_stat, hundredths of a second), milliseconds. */
  get processorMs(): number {
    const stat = readFileSync(`/proc/${this.#process?.pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return (Number(fields[11]) + Number(fields[12])) * 10;
  }

  /** A page of its introspect. */
  introspect(page: string): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const ask = request({ socketPath: this.#socket, path: `/${page}` }, async (answer) => {
        resolve(JSON.parse(Buffer.concat(await answer.toArray()).toString()));
      });
      ask.on("error", reject);
      ask.end();
    });
  }

  get #socket(): string {
    return join(this.#folder, `introspect-${this.#place.name}.sock`);
  }
}
