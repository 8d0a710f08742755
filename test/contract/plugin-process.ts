import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { endChild } from "@contrail/testkit/process";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "../..");
const START_DEADLINE_MS = 30_000;

/** The extension's executable, as CloudStack runs it. */
export const SCRIPT = join(ROOT, "deploy/cloudstack/opencontrail.sh");

/** The CloudStack plugin in a process of its own, on a socket in a given directory. */
export class PluginProcess {
  readonly socket: string;
  readonly #flags: readonly string[];
  #child: ChildProcess | undefined;
  /** What it has logged. */
  log = "";

  constructor(directory: string, configSocket: string) {
    this.socket = join(directory, "plugin.sock");
    this.#flags = ["--socket", this.socket, "--config-socket", configSocket, "--introspect-listen", "127.0.0.1:0"];
  }

  /** Resolves when it serves. */
  async run(): Promise<void> {
    const program = join(ROOT, "services/cloudstack-plugin/src/main.ts");
    const child = spawn(process.execPath, [program, ...this.#flags], { stdio: ["ignore", "ignore", "pipe"] });
    this.#child = child;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    child.stderr.on("data", (part: Buffer) => {
      this.log += part.toString();
      if (this.log.includes('"msg":"serving"') && existsSync(this.socket)) resolve();
    });
    child.once("exit", () => reject(new Error(`the plugin ended: ${this.log}`)));
    const timer = setTimeout(() => reject(new Error("the plugin did not serve in time")), START_DEADLINE_MS);
    return promise.finally(() => clearTimeout(timer));
  }

  /** Ends it without a farewell. */
  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    await endChild(child, "SIGKILL");
  }
}
