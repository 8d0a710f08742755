import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { endChild } from "@contrail/testkit/process";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "../..");
const MAIN = join(ROOT, "services/config-node/src/main.ts");

/** The beginning of the command that runs a node: a program that sets limits, clock or file system and becomes it. */
export type Surroundings = (directory: string) => readonly string[];

/** A configuration node in a process of its own, with an empty data directory and free ports. */
export class ConfigNodeProcess {
  /** Holds the databases; kept across kill and restart. */
  readonly directory: string;
  readonly #flags: readonly string[];
  readonly #surroundings: Surroundings;
  #child: ChildProcess | undefined;
  /** What it has logged. */
  log = "";
  /** Port of the API; another one after each start. */
  port = 0;
  /** Port of the trusted listener; 0 where there is none. */
  trustedPort = 0;
  /** Port of introspect. */
  introspectPort = 0;

  /** more: flags beside those of the directory and the ports. Nothing runs yet. */
  constructor(more: readonly string[] = [], surroundings: Surroundings = () => []) {
    this.#surroundings = surroundings;
    this.directory = mkdtempSync(join(tmpdir(), "contrail-contract-"));
    const listen = ["--rest-listen", "127.0.0.1:0", "--introspect-listen", "127.0.0.1:0"];
    this.#flags = ["--data-dir", this.directory, ...listen, ...more];
  }

  /** A node of its own, serving. */
  static async start(): Promise<ConfigNodeProcess> {
    const node = new ConfigNodeProcess();
    await node.run();
    return node;
  }

  /** Memory that the process has in the machine's, in bytes; 0 while none runs. */
  residentBytes(): number {
    if (this.pid === 0) return 0;
    const found = /^VmRSS:\s+([0-9]+) kB/m.exec(readFileSync(`/proc/${this.pid}/status`, "utf8"))?.[1];
    return Number(found) * 1_024;
  }

  /** False once the process has ended, by itself or not. */
  get isAlive(): boolean {
    return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Its process; 0 while none runs. */
  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  /** Starts the process without waiting for anything. */
  spawn(): ChildProcess {
    const command = [...this.#surroundings(this.directory), process.execPath, MAIN, ...this.#flags];
    const child = spawn(command[0] ?? "", command.slice(1), { stdio: ["ignore", "ignore", "pipe"] });
    child.stderr.on("data", (part: Buffer) => {
      this.log += part.toString();
    });
    this.#child = child;
    return child;
  }

  /** Resolves when the API answers. */
  async run(): Promise<void> {
    const child = this.spawn();
    const ports = await servingPorts(child).catch(async (reason: unknown) => {
      await this.kill();
      throw reason;
    });
    this.port = ports.rest;
    this.trustedPort = ports.trusted;
    this.introspectPort = ports.introspect;
  }

  /** Sends the process a signal; for SIGSTOP and SIGCONT. */
  signal(name: NodeJS.Signals): void {
    this.#child?.kill(name);
  }

  /** Ends the process without a farewell; its data stay. */
  async kill(): Promise<void> {
    await this.#end("SIGKILL");
  }

  /** Ends the process in order; its data stay. */
  async end(): Promise<void> {
    await this.#end("SIGTERM");
  }

  /** Ends the process and removes its data. */
  async stop(): Promise<void> {
    await this.end();
    rmSync(this.directory, { recursive: true });
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    await endChild(child, signal);
  }
}

interface Ports {
  readonly rest: number;
  readonly trusted: number;
  readonly introspect: number;
}

const START_TIMEOUT_MS = 120_000;

/** The ports in the log line that says what is served; the log is read on, so that the node never blocks on it. */
async function servingPorts(child: ChildProcess): Promise<Ports> {
  if (child.stderr === null) throw new Error("the node's log is not piped");
  const { promise, resolve, reject } = Promise.withResolvers<Ports>();
  const lines = createInterface({ input: child.stderr });
  lines.on("line", (line) => {
    const rest = /"rest":\["[0-9.]+:(\d+)"/.exec(line)?.[1];
    const introspect = /"introspect":\["127\.0\.0\.1:(\d+)"/.exec(line)?.[1];
    const trusted = /"trusted":\["127\.0\.0\.1:(\d+)"/.exec(line)?.[1];
    if (rest !== undefined) {
      resolve({ rest: Number(rest), trusted: Number(trusted ?? 0), introspect: Number(introspect) });
    }
  });
  lines.on("close", () => reject(new Error("the configuration node ended before it served")));
  const timer = setTimeout(() => reject(new Error("the configuration node did not serve in time")), START_TIMEOUT_MS);
  return promise.finally(() => clearTimeout(timer));
}
