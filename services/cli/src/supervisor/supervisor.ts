import { mkdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { ContrailError } from "@contrail/errors";
import { type CallBounds, callSocket } from "@contrail/machine";
import { createAuthority, issue } from "@contrail/pki";
import { VncClient } from "@contrail/vnc-client";
import { whileWaiting } from "../commands/while-waiting.ts";
import type { Directories } from "../config.ts";
import { writePrograms } from "../stand-in/programs.ts";
import { mountBpfFileSystem } from "./bpf-file-system.ts";
import { Cloud } from "./cloud.ts";
import { cloudPaths } from "./cloud-plan.ts";
import { type EngineChoice, type NodePlan, portSocket, SERVERS_UNDERLAY, UNDERLAY, type Wishes } from "./layout.ts";
import { Machines } from "./machines.ts";
import { makeUnderlay, removeLeftovers } from "./namespaces.ts";
import { plan } from "./node-plan.ts";
import { type AnswerToNode, NodeProcess } from "./node-process.ts";
import { Pending } from "./pending.ts";
import { writeWebhookSecret } from "./plugin-webhook.ts";
import { registerNodes } from "./registration.ts";
import { prepareServers, wantedServers } from "./server-plan.ts";
import { keepForm } from "./system-form.ts";
import { SystemLock } from "./system-lock.ts";

/** Tells a person what is going on. */
export type Progress = (text: string) => void;

/** What a supervisor is given besides its directories. */
export interface SupervisorOptions {
  readonly choice: EngineChoice;
  readonly wishes: Wishes;
  readonly progress: Progress;
  /** Answers what processes of nodes ask of the machine. */
  readonly answer: AnswerToNode;
}

/** The embedded system: underlay, certificates, processes, registered objects, the cloud, machines. */
export class Supervisor {
  readonly directories: Directories;
  readonly choice: EngineChoice;
  readonly vnc: VncClient;
  readonly machines: Machines;
  readonly cloud: Cloud;
  readonly wishes: Wishes;
  readonly #lock: SystemLock;
  readonly #progress: Progress;
  readonly #answer: AnswerToNode;
  readonly #plans: readonly NodePlan[];
  readonly #nodes = new Map<string, NodeProcess>();
  readonly #stopping = new AbortController();
  /** What the start waits for. */
  readonly #pending = new Pending();
  /** What stop() waits for: it makes processes and namespaces. */
  readonly #work = new Set<Promise<unknown>>();

  constructor(directories: Directories, { choice, wishes, progress, answer }: SupervisorOptions) {
    this.directories = directories;
    this.choice = choice;
    this.wishes = wishes;
    this.#progress = progress;
    this.#answer = answer;
    this.#plans = plan(directories, choice, wishes);
    this.#lock = new SystemLock(directories.lock);
    this.vnc = new VncClient({ socketPath: join(directories.run, "config-rest.sock") });
    this.machines = new Machines({
      vnc: this.vnc,
      file: join(directories.state, "machines.json"),
      portSocket: (host) => portSocket(directories.run, host),
      plainFrames: choice.engine === "typescript",
    });
    this.cloud = new Cloud(directories);
  }

  /** Aborted when the system begins to stop: long work has to end by itself then. */
  get stopping(): AbortSignal {
    return this.#stopping.signal;
  }

  /** Runs work that makes processes or namespaces; stop() waits for it. Rejects where the system is stopping. */
  track<T>(work: () => Promise<T>): Promise<T> {
    if (this.stopping.aborted) return Promise.reject(new ContrailError("stopped", "the system is stopping"));
    const running = work();
    const forget = (): void => {
      this.#work.delete(over);
    };
    const over = running.then(forget, forget); // Its caller hears how it ended.
    this.#work.add(over);
    return running;
  }

  /** Clears up after an earlier system, then brings this one up. Rejects where another one runs. */
  start(): Promise<void> {
    return this.track(() => whileWaiting(() => this.#pending.text, this.#bringUp(), { tell: this.#progress }));
  }

  async #bringUp(): Promise<void> {
    const { state, run } = this.directories;
    await this.#lock.acquire();
    await this.#pending.add("what an earlier system left to be removed", removeLeftovers());
    rmSync(run, { recursive: true, force: true });
    mkdirSync(join(state, "log"), { recursive: true, mode: 0o700 });
    mkdirSync(dirname(run), { recursive: true });
    mkdirSync(run, { mode: 0o700 }); // Fails where another user has made it since: sockets in it would be his.
    this.#record();
    this.#progress("making the underlay and the certificates");
    if (this.choice.engine === "ebpf") await mountBpfFileSystem();
    keepForm(state, this.wishes);
    const places = wantedServers(this.wishes).length === 0 ? UNDERLAY : [...UNDERLAY, SERVERS_UNDERLAY];
    await this.#pending.add("the underlay", Promise.all([makeUnderlay(places), this.#makeCertificates()]));
    await prepareServers(this.directories, this.wishes);
    this.#goOn();
    const { programs, webhookSecret } = cloudPaths(this.directories);
    writePrograms(programs);
    writeWebhookSecret(webhookSecret);
    for (const each of this.#plans) {
      const logFile = join(state, "log", `${each.name}.log`);
      const surroundings = { logFile, onSpawn: () => this.#record(), answer: this.#answer, tell: this.#progress };
      this.#nodes.set(each.name, new NodeProcess(each, surroundings));
    }
    this.#progress(
      `starting ${this.#plans.length} processes (${this.choice.engine} data plane: ${this.choice.reason})`,
    );
    const { installed } = await this.#startNodes();
    this.#progress("registering control nodes and hosts, and the plugin in CloudStack");
    await Promise.all([this.#pending.add("the nodes to be registered", registerNodes(this.vnc)), installed]);
    this.#goOn();
    const back = [this.machines.restore(this.#progress), this.cloud.untilMachinesAreBack(this.stopping)];
    await this.#pending.add("the machines of before", Promise.all(back));
  }

  /** Starts all nodes at once, but those that have to wait for others; installs the plugin as soon as there is a cloud. */
  async #startNodes(): Promise<{ readonly installed: Promise<void> }> {
    const started = new Map<string, Promise<void>>();
    for (const node of this.nodes()) {
      const before = (node.plan.after ?? []).map((name) => started.get(name));
      const start = () => this.#pending.add(node.plan.name, node.start());
      started.set(node.plan.name, before.length === 0 ? start() : Promise.all(before).then(start));
    }
    const install = () => this.#pending.add("the plugin to be installed", this.cloud.install(this.stopping));
    const installed = Promise.resolve(started.get("devcloud")).then(install);
    installed.catch(() => {}); // Told where it is waited for.
    await Promise.all(started.values());
    return { installed };
  }

  /** Ends everything and leaves nothing but the databases; does nothing where this system never began. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    // Nodes first: work that waits for their answers ends with them. Work that had just made a node is over after that.
    await this.#stopNodes();
    await Promise.all(this.#work);
    if (!this.#lock.held) return;
    await this.#stopNodes();
    await removeLeftovers();
    const { state, run, temporary } = this.directories;
    for (const directory of temporary ? [run, state] : [run]) rmSync(directory, { recursive: true, force: true });
    this.#lock.release();
  }

  node(name: string): NodeProcess {
    const node = this.#nodes.get(name);
    if (node === undefined) throw new ContrailError("supervisor.not_found", `there is no node ${name}`);
    return node;
  }

  nodes(): readonly NodeProcess[] {
    return [...this.#nodes.values()];
  }

  /** A page of a node's introspect. */
  introspect(node: string, page: string, bounds: CallBounds = {}): Promise<unknown> {
    return callSocket(join(this.directories.run, `${node}-introspect.sock`), "GET", `/${page}`, undefined, bounds);
  }

  async #stopNodes(): Promise<void> {
    await Promise.all([...this.#nodes.values()].reverse().map((node) => node.stop()));
  }

  #goOn(): void {
    if (this.stopping.aborted) throw new ContrailError("stopped", "the system is stopping");
  }

  /** Writes down what a start after a sudden end of this process has to clear up. */
  #record(): void {
    const { state, run, temporary } = this.directories;
    const pids = this.nodes().flatMap(({ pid }) => pid ?? []);
    this.#lock.write([process.pid, ...pids], temporary ? [state, run] : [run]);
  }

  async #makeCertificates(): Promise<void> {
    const pki = join(this.directories.state, "pki");
    await createAuthority(pki);
    await Promise.all(
      this.#plans.flatMap(({ certificateRole: role, name, address }) =>
        role === undefined ? [] : [issue(pki, { role, name: name.replace("engine-", ""), addresses: [address] })],
      ),
    );
  }
}
