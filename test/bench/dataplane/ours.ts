import { mkdirSync, rmdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { ProgramCost } from "@contrail/dataplane-ebpf";
import { LineProcess } from "../line-process.ts";
import type { HostState, HostTask } from "./host-protocol.ts";
import { inNamespace, run, runIn } from "./namespaces.ts";
import { MACHINE_ADDRESSES } from "./overlay-tables.ts";
import { addPath, HOSTS, type Path } from "./path.ts";

const PROGRAM = fileURLToPath(new URL("host.ts", import.meta.url));
/** A BPF file system of the bench's own: nothing of the machine's is touched. */
const MOUNT_POINT = "/run/oct-bench-bpf";

/** Our data plane on both hosts, each with the process that stands for its agent. */
export class Ours {
  readonly path: Path;
  readonly #hosts: readonly LineProcess<unknown>[];

  private constructor(path: Path, hosts: readonly LineProcess<unknown>[]) {
    this.path = path;
    this.#hosts = hosts;
  }

  static async open(): Promise<Ours> {
    mkdirSync(MOUNT_POINT, { recursive: true });
    await run("mount", "-t", "bpf", "oct-bench", MOUNT_POINT);
    const path = await addPath("ours", MACHINE_ADDRESSES);
    for (const [index, { machine }] of [path.near, path.far].entries()) {
      await runIn(machine, "ip", "route", "add", "default", "via", `10.1.${index + 1}.1`);
    }
    const hosts = HOSTS.map((number) => {
      const { host } = number === 1 ? path.near : path.far;
      const pins = `${MOUNT_POINT}/host${number}`;
      return new LineProcess<unknown>(host, inNamespace(host, process.execPath, PROGRAM, pins, String(number)));
    });
    for (const host of hosts) await host.next();
    return new Ours(path, hosts);
  }

  /** Counters of both hosts, the near one first; flow entries of a port are counted. */
  async states(port: number): Promise<readonly HostState[]> {
    return (await this.#ask({ kind: "state", port })) as readonly HostState[]; // What host.ts answers to it.
  }

  /** Costs of both hosts' programs, the near one's first. */
  async costs(): Promise<readonly (readonly ProgramCost[])[]> {
    return (await this.#ask({ kind: "costs" })) as readonly (readonly ProgramCost[])[]; // What host.ts answers to it.
  }

  async close(): Promise<void> {
    await this.#ask({ kind: "destroy" }).catch(() => {}); // What is left goes with namespace and mount.
    for (const host of this.#hosts) await host.end();
  }

  async #ask(task: HostTask): Promise<readonly unknown[]> {
    const answers = [];
    for (const host of this.#hosts) {
      host.send(task);
      answers.push(await host.next());
    }
    return answers;
  }
}

/** Takes the bench's BPF file system away with all that is pinned there, also one that a killed run has left. */
export async function removePinnedState(): Promise<void> {
  try {
    await run("umount", MOUNT_POINT);
  } catch {
    // It is not mounted.
  }
  try {
    rmdirSync(MOUNT_POINT);
  } catch {
    // It is not there.
  }
}
