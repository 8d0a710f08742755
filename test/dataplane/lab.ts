import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { endChild } from "@contrail/testkit/process";

/** Where a lab's namespaces live: beside the machine's own as root, or in a user namespace of a plain user. */
export type LabMode = "root" | "user";

/** A program that has ended: its code, and what it printed on both streams. */
export interface Ran {
  readonly code: number;
  readonly output: string;
}

/** Network namespaces for one test, and what runs in them. */
export class Lab {
  readonly #prefix: readonly string[];
  readonly #holder: ChildProcess | undefined;
  readonly #namespaces: string[] = [];
  readonly #children: ChildProcess[] = [];

  private constructor(prefix: readonly string[], holder: ChildProcess | undefined) {
    this.#prefix = prefix;
    this.#holder = holder;
  }

  static async open(mode: LabMode): Promise<Lab> {
    if (mode === "root") return new Lab([], undefined);
    const script = "mount -t tmpfs tmpfs /run && mkdir -p /run/netns && echo ready && exec sleep infinity";
    const holder = spawn("unshare", ["-Urnm", "sh", "-c", script], { stdio: ["ignore", "pipe", "inherit"] });
    await once(holder.stdout, "data");
    const enter = ["nsenter", "-t", String(holder.pid), "-U", "-n", "-m", "--preserve-credentials"];
    return new Lab(enter, holder);
  }

  async addNamespace(name: string): Promise<void> {
    await this.must(undefined, "ip", "netns", "add", name);
    this.#namespaces.push(name);
    await this.must(name, "ip", "link", "set", "lo", "up");
  }

  /** Runs a command to its end; namespace undefined: outside of all. */
  run(namespace: string | undefined, ...command: string[]): Promise<Ran> {
    const [file = "", ...args] = this.#line(namespace, command);
    return new Promise((resolve) => {
      execFile(file, args, { encoding: "utf8" }, (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === "number" ? error.code : 1;
        resolve({ code, output: `${stdout}${stderr}` });
      });
    });
  }

  async must(namespace: string | undefined, ...command: string[]): Promise<string> {
    const { code, output } = await this.run(namespace, ...command);
    if (code !== 0) throw new Error(`${command.join(" ")} in ${namespace}: ${output}`);
    return output;
  }

  /** Starts a process that lives until close; its pid is its own, so that it can be killed. */
  start(namespace: string, ...command: string[]): ChildProcess {
    return this.#spawn(namespace, command, "ignore");
  }

  /** Starts a process that is told things on its standard input. */
  startTold(namespace: string, ...command: string[]): ChildProcess {
    return this.#spawn(namespace, command, "pipe");
  }

  async close(): Promise<void> {
    for (const child of this.#children) await endChild(child, "SIGKILL");
    for (const name of this.#namespaces) await this.run(undefined, "ip", "netns", "del", name);
    await endChild(this.#holder, "SIGKILL");
  }

  #spawn(namespace: string, command: readonly string[], input: "ignore" | "pipe"): ChildProcess {
    const [file = "", ...args] = this.#line(namespace, command);
    const child = spawn(file, args, { stdio: [input, "pipe", "inherit"] });
    this.#children.push(child);
    return child;
  }

  #line(namespace: string | undefined, command: readonly string[]): readonly string[] {
    const inside = namespace === undefined ? command : ["ip", "netns", "exec", namespace, ...command];
    return [...this.#prefix, ...inside];
  }
}

/** Waits until a condition holds; throws with the last reason after the deadline. */
export async function eventually(what: string, holds: () => Promise<boolean>, deadlineMs = 15_000): Promise<void> {
  const end = performance.now() + deadlineMs;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`not within ${deadlineMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
