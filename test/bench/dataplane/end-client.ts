import { fileURLToPath } from "node:url";
import { LineProcess } from "../line-process.ts";
import type { EndAnswer, EndResult, EndTask } from "./end-protocol.ts";
import { inNamespace } from "./namespaces.ts";

const PROGRAM = fileURLToPath(new URL("end.ts", import.meta.url));

/** The traffic process of a machine, on one CPU. */
export class End {
  readonly #process: LineProcess<EndAnswer>;

  /** onCpu: what stands before a command, so that it runs on the CPU of the bench. */
  constructor(machine: string, onCpu: readonly string[]) {
    this.#process = new LineProcess(machine, [...onCpu, ...inNamespace(machine, process.execPath, PROGRAM)]);
  }

  /** Starts a task that waits for its peer; resolves when the peer may come. */
  async serve(task: EndTask): Promise<void> {
    this.#process.send(task);
    const answer = await this.#process.next();
    if (answer.kind !== "ready") throw new Error(answer.kind === "failure" ? answer.message : "no server");
  }

  /** What a served task measured; resolves when it is over. */
  async result(): Promise<EndResult> {
    const answer = await this.#process.next();
    if (answer.kind !== "result") throw new Error(answer.kind === "failure" ? answer.message : "no result");
    return answer;
  }

  run(task: EndTask): Promise<EndResult> {
    this.#process.send(task);
    return this.result();
  }

  end(): Promise<void> {
    return this.#process.end();
  }
}
