import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

/** A child that takes JSON lines on stdin and answers by JSON lines on stdout, in order. */
export class LineProcess<Answer> {
  readonly #child: ChildProcess;
  readonly #answers: AsyncIterator<string>;
  readonly #name: string;

  constructor(name: string, command: readonly string[]) {
    const [file = "", ...args] = command;
    this.#name = name;
    // A group of its own: Ctrl-C ends the bench, which ends its children when it has cleaned up.
    this.#child = spawn(file, args, { stdio: ["pipe", "pipe", "inherit"], detached: true });
    if (this.#child.stdout === null) throw new Error(`${name} has no stdout`);
    this.#child.stdin?.on("error", () => {}); // The missing answer tells.
    this.#answers = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  send(message: unknown): void {
    this.#child.stdin?.write(`${JSON.stringify(message)}\n`);
  }

  /** The next answer. Rejects where the child has ended. */
  async next(): Promise<Answer> {
    const { value, done } = await this.#answers.next();
    if (done === true) throw new Error(`${this.#name} has ended`);
    return JSON.parse(value) as Answer; // Written by the child, whose program is part of this bench.
  }

  /** Ends the child where it has not ended; resolves when it is gone. */
  async end(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = once(this.#child, "exit");
    this.#child.kill("SIGKILL");
    await gone;
  }
}
