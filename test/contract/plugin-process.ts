import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { endChild } from "@contrail/testkit/process";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "../..");
const START_DEADLINE_MS = 30_000;

/** The extension's executable, as CloudStack runs it. */
export const SCRIPT = join(ROOT, "deploy/cloudstack/opencontrail.sh");

/** What the tests look at in the plugin's status. */
export interface PluginStatus {
  readonly listeners: { readonly socket: string; readonly tls: string | null };
  readonly configuration: { readonly socket: string; readonly reachable: boolean; readonly reason: string | null };
  readonly calls: readonly { readonly command: string; readonly done: number; readonly failed: number }[];
  readonly failures: { readonly open: number; readonly forgotten: number; readonly list: readonly PluginFailure[] };
  readonly refusedCallers: { readonly count: number; readonly last: { readonly reason: string } | null };
  readonly reconciler: unknown;
}

/** One of its failures. */
export interface PluginFailure {
  readonly command: string;
  readonly network: string | null;
  readonly nic: string | null;
  readonly code: string;
  readonly text: string;
  readonly next: string;
  readonly times: number;
  readonly closedAt: string | null;
}

/** The CloudStack plugin in a process of its own, on sockets in a given directory. */
export class PluginProcess {
  readonly socket: string;
  readonly controlSocket: string;
  readonly introspectSocket: string;
  readonly #flags: readonly string[];
  #child: ChildProcess | undefined;
  /** What it has logged. */
  log = "";
  /** Endpoints of the last start, with the ports that were bound. */
  endpoints: readonly string[] = [];

  /** more: flags beside those of the sockets. Nothing runs yet. */
  constructor(directory: string, configSocket: string, more: readonly string[] = []) {
    this.socket = join(directory, "plugin.sock");
    this.controlSocket = join(directory, "control.sock");
    this.introspectSocket = join(directory, "introspect.sock");
    const sockets = ["--socket", this.socket, "--control-socket", this.controlSocket, "--config-socket", configSocket];
    const introspect = ["--introspect-listen", "127.0.0.1:0", "--introspect-socket", this.introspectSocket];
    this.#flags = [...sockets, ...introspect, ...more];
  }

  /** Resolves when it serves. */
  async run(): Promise<void> {
    const program = join(ROOT, "services/cloudstack-plugin/src/main.ts");
    const child = spawn(process.execPath, [program, ...this.#flags], { stdio: ["ignore", "ignore", "pipe"] });
    this.#child = child;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const before = this.log.length;
    let serving = false;
    child.stderr.on("data", (part: Buffer) => {
      this.log += part.toString();
      if (serving) return;
      const served = this.log
        .slice(before)
        .split("\n")
        .find((line) => line.endsWith('"msg":"serving"}'));
      if (served === undefined) return;
      serving = true;
      this.endpoints = (JSON.parse(served) as { endpoints: readonly string[] }).endpoints; // Of start.ts.
      resolve();
    });
    child.once("exit", () => reject(new Error(`the plugin ended: ${this.log}`)));
    const timer = setTimeout(() => reject(new Error("the plugin did not serve in time")), START_DEADLINE_MS);
    return promise.finally(() => clearTimeout(timer));
  }

  /** One answer of the control socket, or of introspect: the text of the body. */
  async ask(socket: string, path: string): Promise<string> {
    const call = request({ socketPath: socket, path }).end();
    const [answer] = (await once(call, "response")) as [IncomingMessage]; // The event's one argument.
    return Buffer.concat(await answer.toArray()).toString();
  }

  /** What `GET /status` of the control socket says. */
  async status(): Promise<PluginStatus> {
    return JSON.parse(await this.ask(this.controlSocket, "/status")) as PluginStatus; // The plugin's form.
  }

  /** Process of the plugin. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Ends it in order; gives its exit code. */
  async end(): Promise<number | null> {
    const child = this.#child;
    this.#child = undefined;
    await endChild(child, "SIGTERM");
    return child?.exitCode ?? null;
  }

  /** Ends it without a farewell. */
  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    await endChild(child, "SIGKILL");
  }
}
