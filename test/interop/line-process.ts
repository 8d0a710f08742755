import { type ChildProcessByStdio, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";

/** A program of ours in a namespace that takes and prints JSON lines. It ends when its input does. */
export class LineProcess<Command, Line> {
  /** What it has printed, in order. */
  readonly lines: Line[] = [];
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #exited: Promise<void>;

  constructor(namespace: string, program: string, ...args: readonly string[]) {
    const command = ["netns", "exec", namespace, process.execPath, program, ...args];
    this.#child = spawn("ip", command, { stdio: ["pipe", "pipe", "inherit"] });
    this.#exited = new Promise((resolve) => this.#child.once("close", () => resolve()));
    this.#child.stdin.on("error", () => {}); // It has ended by itself; the test sees that by what it does not print.
    createInterface({ input: this.#child.stdout }).on("line", (line) => {
      this.lines.push(JSON.parse(line) as Line); // The program and its reader share the type.
    });
  }

  tell(command: Command): void {
    this.#child.stdin.write(`${JSON.stringify(command)}\n`);
  }

  async stop(): Promise<void> {
    this.#child.stdin.end();
    await this.#exited;
  }
}
