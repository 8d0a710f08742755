import { type ChildProcess, spawn } from "node:child_process";
import { appendFileSync, createWriteStream, type WriteStream } from "node:fs";
import { ContrailError } from "@contrail/errors";
import { nsenter } from "@contrail/machine";
import { childEnvironment } from "../config.ts";
import { type NodePlan, programPath } from "./layout.ts";
import { endText, type ProcessEnd, startProblem } from "./process-end.ts";

/** Until it says that it serves: some seconds are usual, a busy machine takes many times as long. */
const READY_DEADLINE_MS = 180_000;
/** Of Cassandra and Kafka. */
const FOREIGN_READY_DEADLINE_MS = 240_000;
const STOP_DEADLINE_MS = 8_000;
const FIRST_BACKOFF_MS = 200;
const LAST_BACKOFF_MS = 5_000;
/** A process that has run so long counts as healthy again. */
const STABLE_MS = 10_000;

/** Answers a message of a node's process; undefined: it wants no answer. */
export type AnswerToNode = (message: unknown) => Promise<object> | undefined;

/** What the process of a node is given besides its plan. */
export interface NodeSurroundings {
  readonly logFile: string;
  /** Called whenever it has a new pid. */
  readonly onSpawn: () => void;
  /** Of what the process asks over IPC when it is up; nothing is sent where it gives undefined. */
  readonly answer: AnswerToNode;
  /** Tells a person that it has died, and that it serves again. */
  readonly tell: (text: string) => void;
}

export type NodeState = "stopped" | "starting" | "running" | "restarting";

/** The process of one node: started in its namespace, restarted when it dies, stopped in the end. */
export class NodeProcess {
  readonly plan: NodePlan;
  readonly logFile: string;
  readonly #onSpawn: NodeSurroundings["onSpawn"];
  readonly #answer: AnswerToNode;
  readonly #tell: NodeSurroundings["tell"];
  #child: ChildProcess | undefined;
  #state: NodeState = "stopped";
  #wanted = false;
  /** Stopped with its system: it never starts again. */
  #retired = false;
  #backoffMs = FIRST_BACKOFF_MS;
  #restarts = 0;
  /** It has served since its start was asked for: who asked for that has heard so. */
  #hasServed = false;
  #lastExit = "";
  #log: WriteStream | undefined;

  constructor(plan: NodePlan, { logFile, onSpawn, answer, tell }: NodeSurroundings) {
    this.plan = plan;
    this.logFile = logFile;
    this.#onSpawn = onSpawn;
    this.#answer = answer;
    this.#tell = tell;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  get state(): NodeState {
    return this.#state;
  }

  /** Why it is not running, for status. */
  get problem(): string | undefined {
    if (this.#state === "running") return undefined;
    return this.#lastExit === "" ? undefined : `${this.#lastExit}; its log: ${this.logFile}`;
  }

  get restarts(): number {
    return this.#restarts;
  }

  /** Starts it; resolves when it says that it is ready. Rejects where it ends before. */
  async start(): Promise<void> {
    if (this.#retired) throw new ContrailError("stopped", "the system is stopping");
    this.#wanted = true;
    this.#hasServed = false;
    await this.#spawn();
  }

  /** Ends it at once, as a fault would; it stays down until start(). */
  async kill(): Promise<void> {
    this.#wanted = false;
    await this.#end("SIGKILL");
  }

  /** Ends it for good. */
  async stop(): Promise<void> {
    this.#retired = true;
    this.#wanted = false;
    await this.#end("SIGTERM");
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
    child.kill(signal);
    const late = setTimeout(() => child.kill("SIGKILL"), STOP_DEADLINE_MS);
    await gone;
    clearTimeout(late);
  }

  #spawn(): Promise<void> {
    this.#state = "starting";
    this.#log ??= createWriteStream(this.logFile, { flags: "a" });
    const { namespace, program, flags, servingText } = this.plan;
    const own = servingText === undefined ? [process.execPath, programPath(program)] : [program];
    const [command = "", ...args] = nsenter(namespace, [...own, ...flags]);
    const env = childEnvironment(this.plan.environment);
    const child = spawn(command, args, {
      env,
      detached: true, // A Ctrl-C is the supervisor's: it stops the nodes, and knows why they end.
      stdio: ["ignore", "pipe", "pipe", servingText === undefined ? "ipc" : "ignore"],
    });
    this.#child = child;
    this.#onSpawn();
    child.stdout?.pipe(this.#log, { end: false });
    child.stderr?.pipe(this.#log, { end: false });
    const startedAt = performance.now();
    return new Promise((resolve, reject) => {
      const waitMs = servingText === undefined ? READY_DEADLINE_MS : FOREIGN_READY_DEADLINE_MS;
      let lateMs: number | undefined;
      const deadline = setTimeout(() => {
        lateMs = waitMs;
        child.kill("SIGKILL");
      }, waitMs);
      const onReady = (): void => {
        clearTimeout(deadline);
        this.#serves();
        resolve();
      };
      if (servingText !== undefined) whenSaid(child, servingText, onReady);
      child.once("message", () => {
        onReady();
        child.on("message", (message) => void this.#answerTo(child, message));
      });
      child.once("error", (reason) => reject(reason));
      child.once("exit", (code, signal) => {
        clearTimeout(deadline);
        const end: ProcessEnd = { code, signal, lateMs };
        this.#exited(child, endText(end), performance.now() - startedAt);
        reject(new ContrailError("supervisor.unavailable", startProblem(this.plan.name, end, this.logFile)));
      });
    });
  }

  async #answerTo(child: ChildProcess, message: unknown): Promise<void> {
    const answer = await this.#answer(message);
    if (answer !== undefined && child.connected) child.send(answer, () => {}); // It may be gone: nobody waits then.
  }

  #serves(): void {
    this.#state = "running";
    if (this.#hasServed) this.#tell(`${this.plan.name} runs again`);
    this.#hasServed = true;
  }

  #exited(child: ChildProcess, how: string, livedMs: number): void {
    if (child !== this.#child) return;
    this.#lastExit = how;
    this.#state = this.#wanted ? "restarting" : "stopped";
    if (!this.#wanted) return;
    appendFileSync(this.logFile, `supervisor: ${this.plan.name}: ${how}, starting again\n`);
    if (this.#hasServed) this.#tell(`${this.plan.name}: ${how}, starting again; its log: ${this.logFile}`);
    this.#restarts += 1;
    if (livedMs > STABLE_MS) this.#backoffMs = FIRST_BACKOFF_MS;
    setTimeout(() => {
      if (this.#wanted) this.#spawn().catch(() => {}); // Its exit starts the next try.
    }, this.#backoffMs);
    this.#backoffMs = Math.min(this.#backoffMs * 2, LAST_BACKOFF_MS);
  }
}

/** Calls back once when a text is in what a process says, on one line of it. */
function whenSaid({ stdout }: ChildProcess, text: string, onSaid: () => void): void {
  let unread = "";
  const look = (chunk: Buffer): void => {
    unread += chunk.toString();
    if (unread.includes(text)) {
      stdout?.off("data", look);
      onSaid();
    } else unread = unread.slice(unread.lastIndexOf("\n") + 1);
  };
  stdout?.on("data", look);
}
