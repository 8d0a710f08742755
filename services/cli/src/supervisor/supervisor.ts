import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { ContrailError } from "@contrail/errors";
import { createAuthority, issue } from "@contrail/pki";
import { VncClient } from "@contrail/vnc-client";
import type { Directories } from "../config.ts";
import { mountBpfFileSystem } from "./bpf-file-system.ts";
import { callSocket } from "./json-over-socket.ts";
import { type EngineChoice, type NodePlan, plan } from "./layout.ts";
import { Machines } from "./machines.ts";
import { makeUnderlay, removeLeftovers } from "./namespaces.ts";
import { NodeProcess } from "./node-process.ts";
import { ProcessRecord } from "./process-record.ts";
import { registerNodes } from "./registration.ts";

/** Tells a person what is going on. */
export type Progress = (text: string) => void;

/** The embedded system: underlay, certificates, processes, registered objects, machines. */
export class Supervisor {
  readonly directories: Directories;
  readonly choice: EngineChoice;
  readonly vnc: VncClient;
  readonly machines: Machines;
  readonly #record: ProcessRecord;
  readonly #progress: Progress;
  readonly #plans: readonly NodePlan[];
  readonly #nodes = new Map<string, NodeProcess>();

  constructor(directories: Directories, choice: EngineChoice, progress: Progress) {
    this.directories = directories;
    this.choice = choice;
    this.#progress = progress;
    this.#plans = plan(directories, choice);
    this.#record = new ProcessRecord(join(directories.run, "processes.json"));
    this.vnc = new VncClient({ socketPath: join(directories.run, "config-rest.sock") });
    this.machines = new Machines({
      vnc: this.vnc,
      file: join(directories.state, "machines.json"),
      portSocket: (host) => join(directories.run, `${host}-ports.sock`),
      plainFrames: choice.engine === "typescript",
    });
  }

  /** Clears up after an earlier system, then brings this one up. Rejects where another one runs. */
  async start(): Promise<void> {
    const { state, run } = this.directories;
    mkdirSync(join(state, "log"), { recursive: true, mode: 0o700 });
    mkdirSync(run, { recursive: true, mode: 0o700 });
    await this.#clearUp();
    this.#record.write([process.pid]);
    this.#progress("making the underlay and the certificates");
    if (this.choice.engine === "ebpf") await mountBpfFileSystem();
    await Promise.all([makeUnderlay(), this.#makeCertificates()]);
    for (const each of this.#plans)
      this.#nodes.set(each.name, new NodeProcess(each, join(state, "log", `${each.name}.log`)));
    this.#progress(
      `starting ${this.#plans.length} processes (${this.choice.engine} data plane: ${this.choice.reason})`,
    );
    await Promise.all([...this.#nodes.values()].map((node) => node.start()));
    this.#record.write([process.pid, ...[...this.#nodes.values()].flatMap(({ pid }) => pid ?? [])]);
    this.#progress("registering control nodes and hosts");
    await registerNodes(this.vnc);
    await this.machines.restore();
  }

  /** Ends everything and leaves nothing but the databases. */
  async stop(): Promise<void> {
    const nodes = [...this.#nodes.values()].reverse();
    await Promise.all(nodes.map((node) => node.stop()));
    await removeLeftovers();
    this.#record.remove();
    rmSync(this.directories.run, { recursive: true, force: true });
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
  introspect(node: string, page: string): Promise<unknown> {
    return callSocket(join(this.directories.run, `${node}-introspect.sock`), "GET", `/${page}`);
  }

  async #clearUp(): Promise<void> {
    const alive = this.#record.alive().filter((pid) => pid !== process.pid);
    const [supervisor, ...services] = alive;
    if (supervisor !== undefined && services.length > 0 && (await this.#answers())) {
      throw new ContrailError("supervisor.conflict", "a system is running already; stop it by: contrail down");
    }
    for (const pid of alive) process.kill(pid, "SIGKILL");
    await removeLeftovers();
  }

  async #answers(): Promise<boolean> {
    try {
      await callSocket(join(this.directories.run, "control.sock"), "GET", "/status");
      return true;
    } catch {
      return false;
    }
  }

  async #makeCertificates(): Promise<void> {
    const pki = join(this.directories.state, "pki");
    await createAuthority(pki);
    await Promise.all(
      this.#plans.map(({ certificateRole, name, address }) =>
        issue(pki, { role: certificateRole, name: name.replace("engine-", ""), addresses: [address] }),
      ),
    );
  }
}
