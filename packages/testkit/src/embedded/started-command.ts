import { type ChildProcess, spawn } from "node:child_process";
import { inheritedEnvironment } from "../config.ts";
import { REPOSITORY } from "./repository.ts";

export interface CommandOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** User and group to run as. */
  readonly user?: number;
  readonly input?: string;
}

/** How a command ended. */
export interface CommandEnd {
  /** Exit code; -1 where a signal ended it. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command of the repository, started as a user starts it: in a process group of its own, as a shell makes it. */
export class StartedCommand {
  readonly #child: ChildProcess;
  readonly #name: string;
  readonly #ended: Promise<number>;
  readonly #listeners = new Set<() => void>();
  #over = false;
  stdout = "";
  stderr = "";

  constructor(command: readonly string[], { env = {}, user, input }: CommandOptions = {}) {
    const [program = "", ...args] = command;
    this.#name = command.join(" ");
    this.#child = spawn(program, args, {
      cwd: REPOSITORY,
      env: { ...inheritedEnvironment(), ...env },
      stdio: ["pipe", "pipe", "pipe"],
      detached: true,
      ...(user === undefined ? {} : { uid: user, gid: user }),
    });
    this.#child.stdin?.on("error", () => {}); // It may end without reading.
    this.#child.stdin?.end(input ?? "");
    this.#child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      this.stdout += text;
      this.#tell();
    });
    this.#child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.stderr += text;
      this.#tell();
    });
    this.#ended = new Promise((resolve, reject) => {
      this.#child.once("error", reject);
      this.#child.once("close", (code) => {
        this.#over = true;
        this.#tell();
        resolve(code ?? -1);
      });
    });
    this.#ended.catch(() => {}); // Told to whoever waits.
  }

  /** Resolves when what it has said so far satisfies the condition; rejects where it ends or the deadline passes before. */
  said(text: string, deadlineMs: number, condition: (command: StartedCommand) => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const finish = (done: () => void): void => {
        clearTimeout(late);
        this.#listeners.delete(look);
        done();
      };
      const fail = (how: string): void =>
        finish(() => reject(new Error(`${this.#name}: ${text}: ${how}\n${this.stdout}${this.stderr}`)));
      const look = (): void => {
        if (condition(this)) finish(resolve);
        else if (this.#over) fail("it ended before");
      };
      const late = setTimeout(() => fail(`not within ${deadlineMs} ms`), deadlineMs);
      this.#listeners.add(look);
      look();
    });
  }

  /** Sends a signal to the command alone, or to its whole group, as a terminal's Ctrl-C does. */
  signal(signal: NodeJS.Signals, to: "command" | "group"): void {
    const { pid } = this.#child;
    if (pid === undefined || this.#over) return;
    try {
      process.kill(to === "group" ? -pid : pid, signal);
    } catch {
      // It has just ended.
    }
  }

  /** Resolves when it has ended and its output is closed. It is killed, with its group, after the deadline. */
  async end(deadlineMs: number): Promise<CommandEnd> {
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      this.signal("SIGKILL", "group");
    }, deadlineMs);
    const code = await this.#ended.finally(() => clearTimeout(timer));
    if (late) throw new Error(`${this.#name} did not end in ${deadlineMs} ms\n${this.stdout}${this.stderr}`);
    return { code, stdout: this.stdout, stderr: this.stderr };
  }

  /** Ends it where it still runs: by SIGTERM, and by SIGKILL to its group after the deadline. */
  async stop(deadlineMs: number): Promise<void> {
    this.signal("SIGTERM", "command");
    await this.end(deadlineMs).catch(() => {}); // It was killed, or never ran.
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}
