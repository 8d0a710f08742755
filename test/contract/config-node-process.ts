import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "../..");
const MAIN = join(ROOT, "services/config-node/src/main.ts");

/** A configuration node in a process of its own, with an empty data directory and free ports. */
export class ConfigNodeProcess {
  readonly port: number;
  readonly #child: ChildProcess;
  readonly #directory: string;

  private constructor(child: ChildProcess, directory: string, port: number) {
    this.#child = child;
    this.#directory = directory;
    this.port = port;
  }

  /** Resolves when the API answers. */
  static async start(): Promise<ConfigNodeProcess> {
    const directory = mkdtempSync(join(tmpdir(), "contrail-contract-"));
    const flags = ["--data-dir", directory, "--rest-listen", "127.0.0.1:0", "--introspect-listen", "127.0.0.1:0"];
    const child = spawn(process.execPath, [MAIN, ...flags], { stdio: ["ignore", "ignore", "pipe"] });
    const port = await servingPort(child).catch((reason: unknown) => {
      child.kill("SIGKILL");
      rmSync(directory, { recursive: true, force: true });
      throw reason;
    });
    return new ConfigNodeProcess(child, directory, port);
  }

  async stop(): Promise<void> {
    const exited = new Promise((resolve) => this.#child.once("exit", resolve));
    this.#child.kill("SIGTERM");
    await exited;
    rmSync(this.#directory, { recursive: true });
  }
}

const START_TIMEOUT_MS = 30_000;

/** The port in the log line that says what is served; the log is read on, so that the node never blocks on it. */
async function servingPort(child: ChildProcess): Promise<number> {
  if (child.stderr === null) throw new Error("the node's log is not piped");
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const lines = createInterface({ input: child.stderr });
  lines.on("line", (line) => {
    const port = /"rest":\["127\.0\.0\.1:(\d+)"/.exec(line)?.[1];
    if (port !== undefined) resolve(Number(port));
  });
  lines.on("close", () => reject(new Error("the configuration node ended before it served")));
  const timer = setTimeout(() => reject(new Error("the configuration node did not serve in time")), START_TIMEOUT_MS);
  return promise.finally(() => clearTimeout(timer));
}
