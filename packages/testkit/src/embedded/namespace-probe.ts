import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { inNamespace, REPOSITORY } from "./repository.ts";

const PROGRAM = join(REPOSITORY, "services/cli/src/probe/probe-main.ts");
const DEADLINE_MS = 60_000;

/** A measuring process of the CLI (services/cli/src/probe) in a namespace: prints "ready", then results, one JSON line each. */
export class NamespaceProbe {
  readonly #child: ChildProcess;
  readonly #name: string;
  readonly #lines: string[] = [];
  readonly #waiting: ((line: string | undefined) => void)[] = [];
  #over = false;

  private constructor(namespace: string, args: readonly string[], program: string) {
    this.#name = `${args.join(" ")} in ${namespace}`;
    const [command = "", ...rest] = inNamespace(namespace, [process.execPath, program, ...args]);
    this.#child = spawn(command, rest, { stdio: ["pipe", "pipe", "inherit"] });
    this.#child.stdin?.on("error", () => {}); // It may have ended by itself.
    if (this.#child.stdout !== null) {
      const lines = createInterface({ input: this.#child.stdout });
      lines.on("line", (line) => this.#deliver(line));
      lines.on("close", () => {
        this.#over = true;
        for (const waiting of this.#waiting.splice(0)) waiting(undefined);
      });
    }
  }

  /** Starts one and waits until it measures. */
  static async start(
    namespace: string,
    args: readonly (string | number)[],
    program: string = PROGRAM,
  ): Promise<NamespaceProbe> {
    const probe = new NamespaceProbe(namespace, args.map(String), program);
    await probe.#line();
    return probe;
  }

  /** Runs one that ends by itself and gives what it measured. */
  static async run<T>(namespace: string, ...args: readonly (string | number)[]): Promise<T> {
    const probe = await NamespaceProbe.start(namespace, args);
    return probe.#result<T>();
  }

  /** Ends it and gives what it measured. */
  finish<T>(): Promise<T> {
    this.#child.stdin?.end();
    return this.#result<T>();
  }

  /** Ends it at once; idempotent. */
  kill(): void {
    this.#child.kill("SIGKILL");
  }

  async #result<T>(): Promise<T> {
    return JSON.parse(await this.#line()) as T; // The probe's own form.
  }

  #deliver(line: string): void {
    const waiting = this.#waiting.shift();
    if (waiting === undefined) this.#lines.push(line);
    else waiting(line);
  }

  #line(): Promise<string> {
    const line = this.#lines.shift();
    if (line !== undefined) return Promise.resolve(line);
    return new Promise((resolve, reject) => {
      const fail = (how: string): void => {
        this.kill();
        reject(new Error(`probe ${this.#name} ${how}`));
      };
      if (this.#over) return fail("has ended");
      const late = setTimeout(() => fail("did not answer in 60 s"), DEADLINE_MS);
      this.#waiting.push((text) => {
        clearTimeout(late);
        if (text === undefined) fail("ended without a result");
        else resolve(text);
      });
    });
  }
}
