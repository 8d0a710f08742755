import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { endChild } from "@contrail/testkit/process";
import { type Keys, SignedClient } from "./signed-client.ts";

const HERE = dirname(fileURLToPath(import.meta.url));
const MAIN = join(HERE, "../../services/devcloud/src/main.ts");
const START_TIMEOUT_MS = 30_000;

/** A cloud in a process of its own, with an empty data directory and a free port. */
export class DevCloudProcess {
  readonly directory = mkdtempSync(join(tmpdir(), "contrail-devcloud-"));
  readonly #flags: readonly string[];
  #child: ChildProcess | undefined;
  port = 0;

  private constructor(more: readonly string[]) {
    this.#flags = ["--data-dir", this.directory, "--listen", "127.0.0.1:0", ...more];
  }

  /** A cloud, serving. */
  static async start(more: readonly string[] = []): Promise<DevCloudProcess> {
    const cloud = new DevCloudProcess(more);
    await cloud.run();
    return cloud;
  }

  /** Resolves when the API answers. */
  async run(): Promise<void> {
    const child = spawn(process.execPath, [MAIN, ...this.#flags], { stdio: ["ignore", "ignore", "pipe"] });
    this.#child = child;
    this.port = await servingPort(child);
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/client/api`;
  }

  /** The file that clients read. */
  get keyFile(): string {
    return join(this.directory, "cloudstack.ini");
  }

  /** A client of the admin. */
  admin(): SignedClient {
    const ini = readFileSync(this.keyFile, "utf8");
    const value = (name: string): string => new RegExp(`^${name} = (.+)$`, "m").exec(ini)?.[1] ?? "";
    return this.client({ apiKey: value("key"), secretKey: value("secret") });
  }

  client(keys: Keys): SignedClient {
    return new SignedClient(this.url, keys);
  }

  /** Puts the recording executable where an extension of a name has its own; gives its folder. */
  installRecorder(name: string): string {
    const folder = join(this.directory, "extensions", name);
    mkdirSync(folder, { recursive: true });
    copyFileSync(join(HERE, "recorder.sh"), join(folder, `${name}.sh`));
    chmodSync(join(folder, `${name}.sh`), 0o755);
    return folder;
  }

  /** Ends the process without a farewell; its data stay. */
  kill(): Promise<void> {
    return this.#end("SIGKILL");
  }

  /** Ends the process in order and removes its data. */
  async stop(): Promise<void> {
    await this.#end("SIGTERM");
    rmSync(this.directory, { recursive: true });
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    await endChild(child, signal);
  }
}

/** The port in the log line that says what is served; the log is read on, so that the cloud never blocks on it. */
async function servingPort(child: ChildProcess): Promise<number> {
  if (child.stderr === null) throw new Error("the cloud's log is not piped");
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const lines = createInterface({ input: child.stderr });
  lines.on("line", (line) => {
    const port = /"api":\["127\.0\.0\.1:(\d+)"/.exec(line)?.[1];
    if (port !== undefined) resolve(Number(port));
    if (/"level":[56]0/.test(line)) process.stderr.write(`${line}\n`);
  });
  lines.on("close", () => reject(new Error("the cloud ended before it served")));
  const timer = setTimeout(() => reject(new Error("the cloud did not serve in time")), START_TIMEOUT_MS);
  return promise.finally(() => clearTimeout(timer));
}
