import type { ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { deserialize, serialize } from "node:v8";
import type { DataPlane } from "@contrail/dataplane";
import type { DropReason, FlowEntry, TableDelta } from "@contrail/forwarding";
import type { Lab } from "./lab.ts";

/** What can be asked of the process beside a host's kernel. */
export type EbpfQuestion =
  | { readonly kind: "apply"; readonly batch: readonly TableDelta[] }
  | { readonly kind: "drops" }
  | { readonly kind: "flows" };

/** A line of the conversation: v8's form, which knows bigint and Map, in base64. */
export function toLine(value: unknown): string {
  return `${serialize(value).toString("base64")}\n`;
}

/** The value of a line. */
export function fromLine(line: string): unknown {
  return deserialize(Buffer.from(line, "base64"));
}

const MAIN = fileURLToPath(new URL("ebpf-host-main.ts", import.meta.url));
/** A BPF file system of the process's own mount namespace: pins go with it. */
const MOUNTED = 'mount -t tmpfs oct /mnt && mkdir /mnt/bpf && mount -t bpf oct /mnt/bpf && exec "$@"';

/** The eBPF data plane of a lab's host, in a process of the host's namespace; questions go one after another. */
export class EbpfHost implements Pick<DataPlane, "apply" | "drops" | "flows" | "close"> {
  readonly #child: ChildProcess;
  readonly #waiting: { resolve(value: unknown): void; reject(reason: Error): void }[] = [];

  private constructor(child: ChildProcess) {
    this.#child = child;
    if (child.stdout !== null) createInterface({ input: child.stdout }).on("line", (line) => this.#heard(line));
    child.on("exit", () => {
      for (const { reject } of this.#waiting.splice(0)) reject(new Error("the process of the eBPF host has ended"));
    });
  }

  static async start(lab: Lab, namespace: string): Promise<EbpfHost> {
    const command = ["unshare", "-m", "sh", "-c", MOUNTED, "sh", process.execPath, MAIN, "/mnt/bpf/host"];
    const host = new EbpfHost(lab.startTold(namespace, ...command));
    await host.drops();
    return host;
  }

  async apply(batch: readonly TableDelta[]): Promise<void> {
    await this.#ask({ kind: "apply", batch });
  }

  async drops(): Promise<ReadonlyMap<DropReason, number>> {
    return (await this.#ask({ kind: "drops" })) as ReadonlyMap<DropReason, number>; // What this question is answered by.
  }

  async flows(): Promise<readonly FlowEntry[]> {
    return (await this.#ask({ kind: "flows" })) as readonly FlowEntry[]; // What this question is answered by.
  }

  close(): Promise<void> {
    this.#child.stdin?.end();
    return Promise.resolve();
  }

  #ask(question: EbpfQuestion): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#child.stdin?.write(toLine(question));
    });
  }

  #heard(line: string): void {
    const answer = fromLine(line) as { readonly value?: unknown; readonly error?: string }; // Written by ebpf-host-main.ts.
    const asker = this.#waiting.shift();
    if (answer.error === undefined) asker?.resolve(answer.value);
    else asker?.reject(new Error(answer.error));
  }
}
