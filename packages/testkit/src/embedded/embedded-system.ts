import { join } from "node:path";
import { askSocket } from "@contrail/machine";
import { VncClient } from "@contrail/vnc-client";
import { eventually } from "./eventually.ts";
import type { SystemForm } from "./needs.ts";
import { RunEnvironment } from "./run-environment.ts";
import type { CommandEnd, StartedCommand } from "./started-command.ts";

/** What `contrail status --json` says, as far as tests use it (design section 3). */
export interface SystemState {
  readonly state: string;
  readonly engine: string;
  readonly engineReason: string;
  readonly supervisorPid: number;
  readonly nodes: readonly NodeState[];
  readonly machines: readonly MachineState[];
  readonly cloudMachines: readonly CloudMachineState[];
  readonly wideListeners: readonly string[];
  readonly directories: { readonly state: string; readonly run: string };
}

export interface NodeState {
  readonly name: string;
  readonly role: "config" | "control" | "vrouter" | "engine" | "resolver" | "plugin" | "devcloud";
  readonly namespace: string;
  readonly pid: number | null;
  readonly address: string;
  readonly urls: Readonly<Record<string, string>>;
  readonly sockets: Readonly<Record<string, string>>;
  readonly engine: string | null;
  readonly state: string;
  readonly answers: boolean | null;
  readonly problem: string | null;
  readonly restarts: number;
}

export interface MachineState {
  readonly name: string;
  readonly host: string;
  readonly network: string;
  readonly namespace: string;
  readonly interfaceUuid: string;
  readonly addressUuid: string;
  readonly machineUuid: string;
  readonly address: string;
  readonly mac: string;
  readonly device: string;
  readonly problem: string | null;
}

/** One of CloudStack's machines that run. */
export interface CloudMachineState {
  readonly uuid: string;
  readonly name: string;
  readonly instanceName: string;
  readonly account: string;
  readonly domain: string;
  readonly host: string;
  readonly namespace: string;
  readonly nics: readonly {
    readonly uuid: string;
    readonly network: string;
    readonly networkUuid: string;
    readonly address: string;
    readonly mac: string;
    readonly device: string;
    readonly inside: string;
  }[];
}

export interface MachineWish {
  readonly name: string;
  readonly network: string;
  readonly host: string;
  readonly address?: string;
}

const UP_MS = 90_000;
const STOP_MS = 60_000;

/** A running embedded system, started by the command that a user gives, and asked as scripts ask it. */
export class EmbeddedSystem {
  readonly run: RunEnvironment;
  readonly vnc: VncClient;
  readonly #command: StartedCommand;
  readonly #runDirectory: string;

  private constructor(run: RunEnvironment, command: StartedCommand, first: SystemState) {
    this.run = run;
    this.#command = command;
    this.#runDirectory = first.directories.run;
    this.vnc = new VncClient({ socketPath: join(this.#runDirectory, "config-rest.sock") });
  }

  /** Resolves when it is up. */
  static async start(form: SystemForm, run = new RunEnvironment(form)): Promise<EmbeddedSystem> {
    const command = run.start("--json");
    try {
      await command.said("it is up", UP_MS, ({ stdout }) => stdout.includes("\n"));
    } catch (reason) {
      await run.close();
      throw reason;
    }
    return new EmbeddedSystem(run, command, JSON.parse(command.stdout) as SystemState); // The form of status.
  }

  /** Ends it as `kill` does, and removes its directories. */
  async close(): Promise<void> {
    await this.#command.stop(STOP_MS);
    await this.run.close();
  }

  /** What it has said on stderr since its start. */
  get told(): string {
    return this.#command.stderr;
  }

  /** The state without the cost of a process; tests of the command itself use contrail(). */
  async status(): Promise<SystemState> {
    return (await this.#call("GET", "/status")) as SystemState; // The form of status.
  }

  async node(name: string): Promise<NodeState> {
    const node = (await this.status()).nodes.find((candidate) => candidate.name === name);
    if (node === undefined) throw new Error(`there is no node ${name}`);
    return node;
  }

  /** Ends a node's process by kill -9; the supervisor starts it again. False where it was down already. */
  async crash(name: string): Promise<boolean> {
    return crashNode(await this.node(name));
  }

  /** A page of a node's introspect. */
  async introspect<T>(node: string, page: string): Promise<T> {
    const { status, answer } = await askSocket(join(this.#runDirectory, `${node}-introspect.sock`), "GET", `/${page}`);
    if (status !== 200) throw new Error(`${node} /${page}: ${status} ${JSON.stringify(answer)}`);
    return answer as T; // The caller knows the page.
  }

  /** A call of a host's port API; gives status and answer. */
  portApi(host: string, method: string, path: string, body?: unknown) {
    return askSocket(join(this.#runDirectory, `${host}-ports.sock`), method, path, body);
  }

  async addMachine(wish: MachineWish): Promise<MachineState> {
    return (await this.#call("POST", "/machines", wish)) as MachineState; // The form of status.
  }

  async removeMachine(name: string): Promise<void> {
    await this.#call("DELETE", `/machines/${name}`);
  }

  /** Runs `contrail ARGS`. */
  contrail(...args: readonly string[]): Promise<CommandEnd> {
    return this.run.contrail(args).end(STOP_MS);
  }

  /** Waits until status says that nothing is wrong. */
  async healthy(deadlineMs: number): Promise<number> {
    return eventually("every node is well", deadlineMs, async () => {
      const { state, nodes } = await this.status();
      if (state === "healthy") return true;
      throw new Error(nodes.map(({ name, problem }) => `${name}: ${problem}`).join("; "));
    });
  }

  async #call(method: string, path: string, body?: unknown): Promise<unknown> {
    const { status, answer } = await askSocket(join(this.#runDirectory, "control.sock"), method, path, body);
    if (status > 299) throw new Error(`${method} ${path}: ${status} ${JSON.stringify(answer)}`);
    return answer;
  }
}

/** Ends a node's process by kill -9, by the state that was read before. False where it was down already. */
export function crashNode({ pid }: NodeState): boolean {
  if (pid === null) return false;
  try {
    return process.kill(pid, "SIGKILL");
  } catch {
    return false;
  }
}
