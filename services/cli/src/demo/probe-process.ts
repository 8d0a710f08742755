import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { ContrailError } from "@contrail/errors";
import { nsenter } from "@contrail/machine";
import { childEnvironment } from "../config.ts";
import { programPath } from "../supervisor/layout.ts";

const DEADLINE_MS = 60_000;
const running = new Set<ChildProcess>();

/** Ends the probes that an unfinished step has left. */
export function killProbes(): void {
  for (const child of running) child.kill("SIGKILL");
}

/** A measuring process in a namespace (probe-main.ts). */
export class ProbeProcess {
  readonly #child: ChildProcess;
  readonly #lines: string[] = [];
  readonly #waiting: ((line: string) => void)[] = [];
  #ended = false;

  private constructor(namespace: string, args: readonly string[]) {
    const [command = "", ...rest] = nsenter(namespace, [
      process.execPath,
      programPath("services/cli/src/probe/probe-main.ts"),
      ...args,
    ]);
    this.#child = spawn(command, rest, {
      env: childEnvironment(),
      detached: true, // As the nodes: a Ctrl-C is the supervisor's.
      stdio: ["pipe", "pipe", "inherit"],
    });
    running.add(this.#child);
    if (this.#child.stdout !== null) {
      createInterface({ input: this.#child.stdout }).on("line", (line) => {
        const waiting = this.#waiting.shift();
        if (waiting === undefined) this.#lines.push(line);
        else waiting(line);
      });
    }
    this.#child.stdin?.on("error", () => {}); // It may be gone already.
    this.#child.once("exit", () => {
      running.delete(this.#child);
      this.#ended = true;
      for (const waiting of this.#waiting.splice(0)) waiting("{}");
    });
  }

  /** Starts one and waits until it measures. */
  static async start(namespace: string, ...args: readonly (string | number)[]): Promise<ProbeProcess> {
    const probe = new ProbeProcess(namespace, args.map(String));
    await probe.#line();
    return probe;
  }

  /** Starts one that ends by itself, and gives what it measured. */
  static async run<T>(namespace: string, ...args: readonly (string | number)[]): Promise<T> {
    const probe = await ProbeProcess.start(namespace, ...args);
    return probe.#result<T>();
  }

  /** What a tcp-serve probe has measured until now. */
  async look<T>(): Promise<T> {
    this.#child.kill("SIGUSR1");
    return this.#result<T>();
  }

  /** Ends it and gives what it measured. */
  async finish<T>(): Promise<T> {
    this.#child.stdin?.end();
    return this.#result<T>();
  }

  async #result<T>(): Promise<T> {
    return JSON.parse(await this.#line()) as T; // The probe's own form.
  }

  #line(): Promise<string> {
    const line = this.#lines.shift();
    if (line !== undefined) return Promise.resolve(line);
    if (this.#ended) return Promise.resolve("{}");
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => {
        this.#child.kill("SIGKILL");
        reject(new ContrailError("demo.unavailable", "a probe did not answer in 60 s"));
      }, DEADLINE_MS);
      this.#waiting.push((text) => {
        clearTimeout(late);
        resolve(text);
      });
    });
  }
}
