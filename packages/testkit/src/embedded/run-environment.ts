import { randomUUID } from "node:crypto";
import { chownSync, cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { PLAIN_USER, type SystemForm } from "./needs.ts";
import { REPOSITORY } from "./repository.ts";
import { MARK, marked, type Snapshot, takeSnapshot } from "./snapshot.ts";
import { type CommandOptions, StartedCommand } from "./started-command.ts";

const STOP_MS = 30_000;

/** Directories and environment of one system under test, so that all that it leaves can be told from everything else. */
export class RunEnvironment {
  readonly form: SystemForm;
  /** Databases and certificates: they survive a stop, and go with close(). */
  readonly state: string;
  readonly #base: string;
  readonly #temporary: string;
  readonly #mark = randomUUID();
  readonly #commands: StartedCommand[] = [];

  constructor(form: SystemForm) {
    this.form = form;
    // Not below TMPDIR: socket paths are at most 107 octets, and a plain user must reach it.
    this.#base = mkdtempSync("/tmp/contrail-test-");
    this.state = join(this.#base, "state");
    this.#temporary = join(this.#base, "tmp");
    for (const directory of [this.#base, this.state, this.#temporary, this.#home]) {
      mkdirSync(directory, { recursive: true });
      if (form === "user" && process.getuid?.() === 0) chownSync(directory, PLAIN_USER, PLAIN_USER);
    }
  }

  get #home(): string {
    return join(this.#base, "home");
  }

  /** User and variables of the commands of this run. */
  get options(): CommandOptions {
    const env = {
      HOME: this.#home,
      TMPDIR: this.#temporary,
      NODE_COMPILE_CACHE: join(REPOSITORY, ".contrail/cache/node"), // npm's own would be in TMPDIR.
      CONTRAIL_STATE_DIR: this.state,
      [MARK]: this.#mark,
    };
    return this.form === "user" && process.getuid?.() === 0 ? { env, user: PLAIN_USER } : { env };
  }

  /** `npm start -- FLAGS`, with the flags of the form. */
  start(...flags: readonly string[]): StartedCommand {
    const engine = this.form === "user" ? [] : ["--engine", this.form];
    return this.#run(["npm", "start", "--silent", "--", ...engine, ...flags]);
  }

  /** `npm run contrail -- ARGS`, without npm, which only adds time. */
  contrail(args: readonly string[], input?: string): StartedCommand {
    const command = [process.execPath, "deploy/setup/run.mjs", "contrail", ...args];
    return this.#run(command, input);
  }

  /** A line of a shell, as somebody types it who has read what `npm start` says. */
  shell(line: string): StartedCommand {
    return this.#run(["sh", "-c", line]);
  }

  /** What is on the machine now; processes are those of this run. */
  snapshot(): Snapshot {
    return takeSnapshot(this.#mark, [this.#temporary]);
  }

  /** Ends by kill -9 the processes of this run whose command line matches; gives how many. */
  kill(command: RegExp): number {
    const pids = marked(this.#mark)
      .filter((line) => command.test(line))
      .map((line) => Number.parseInt(line, 10));
    for (const pid of pids) {
      try {
        process.kill(pid, "SIGKILL");
      } catch {
        // It has just ended.
      }
    }
    return pids.length;
  }

  /** Keeps the logs of its processes where a failure is to be found; gives the directory. */
  keepLogs(): string {
    const kept = join(REPOSITORY, ".contrail/failed-test");
    rmSync(kept, { recursive: true, force: true });
    cpSync(join(this.state, "log"), kept, { recursive: true });
    return kept;
  }

  /** Ends what a failed test has left running, and removes the directories. */
  async close(): Promise<void> {
    await Promise.all(this.#commands.map((command) => command.stop(STOP_MS)));
    rmSync(this.#base, { recursive: true, force: true });
  }

  #run(command: readonly string[], input?: string): StartedCommand {
    const options = input === undefined ? this.options : { ...this.options, input };
    const started = new StartedCommand(command, options);
    this.#commands.push(started);
    return started;
  }
}
