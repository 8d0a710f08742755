import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { End } from "./end-client.ts";
import { inNamespace } from "./namespaces.ts";
import type { Path } from "./path.ts";

export const IPERF_PORT = 5201;

/** A path with the processes that use it, all of them on one CPU. */
export class LivePath {
  readonly path: Path;
  readonly cpu: number;
  /** What stands before a command, so that it runs there. */
  readonly onCpu: readonly string[];
  readonly near: End;
  readonly far: End;
  readonly #iperf: ChildProcess;

  private constructor(path: Path, cpu: number, onCpu: readonly string[]) {
    this.path = path;
    this.cpu = cpu;
    this.onCpu = onCpu;
    this.near = new End(path.near.machine, onCpu);
    this.far = new End(path.far.machine, onCpu);
    const server = ["iperf3", "-s", "-p", String(IPERF_PORT), "--forceflush"];
    const [file = "", ...args] = [...onCpu, ...inNamespace(path.far.machine, ...server)];
    this.#iperf = spawn(file, args, { stdio: ["ignore", "pipe", "inherit"], detached: true });
  }

  static async open(path: Path, cpu: number, onCpu: readonly string[]): Promise<LivePath> {
    const live = new LivePath(path, cpu, onCpu);
    await live.#listening();
    return live;
  }

  async close(): Promise<void> {
    await Promise.all([this.near.end(), this.far.end()]);
    if (this.#iperf.exitCode !== null || this.#iperf.signalCode !== null) return;
    const gone = once(this.#iperf, "exit");
    this.#iperf.kill("SIGKILL");
    await gone;
  }

  async #listening(): Promise<void> {
    const { stdout } = this.#iperf;
    if (stdout === null) throw new Error("iperf3 has no stdout");
    const lines = createInterface({ input: stdout });
    for await (const line of lines) {
      if (!line.includes("listening")) continue;
      lines.close();
      stdout.resume(); // What else it says is thrown away.
      return;
    }
    throw new Error("iperf3 does not listen: is it installed?");
  }
}
