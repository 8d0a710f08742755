import { fileURLToPath } from "node:url";
import { LineProcess } from "../../line-process.ts";
import { type CrowdAnswer, type CrowdCommand, monotonicMs } from "./crowd-protocol.ts";
import { type AgentHome, issueAgent } from "./light-agent.ts";

const PROGRAM = fileURLToPath(new URL("crowd-process.ts", import.meta.url));
const PROCESSES = 2;

/** Agents of one network in a few processes, each with a session and a route of its own. */
export class AgentCrowd {
  readonly #processes: readonly LineProcess<CrowdAnswer>[];
  readonly #expected = { reach: 0, unreach: 0 };
  readonly #size: number;

  private constructor(processes: readonly LineProcess<CrowdAnswer>[], size: number) {
    this.#processes = processes;
    this.#size = size;
  }

  /** Opens so many sessions, of the agents from number 0 on; resolves when all are up. */
  static async open(home: AgentHome, size: number): Promise<AgentCrowd> {
    for (let number = 0; number < size; number++) await issueAgent(home.pkiDirectory, number);
    const share = Math.ceil(size / PROCESSES);
    const processes = Array.from({ length: PROCESSES }, (_, index) => {
      const own = [index * share, Math.min(share, size - index * share)].map(String);
      const args = [home.pkiDirectory, home.controlNode, home.instance, ...own];
      return new LineProcess<CrowdAnswer>("a process of agents", [process.execPath, PROGRAM, ...args]);
    });
    const crowd = new AgentCrowd(processes, size);
    try {
      await Promise.all(processes.map((each) => each.next()));
    } catch (reason) {
      await crowd.close();
      throw reason;
    }
    return crowd;
  }

  /** Each agent publishes its route; gives the seconds until all of them have been told of all routes. */
  async publish(): Promise<number> {
    const startedAt = monotonicMs();
    this.#tell({ kind: "publish" });
    return ((await this.told("reach", this.#size)) - startedAt) / 1_000;
  }

  /** Each agent withdraws its route; resolves when all of them have been told. */
  async withdraw(): Promise<void> {
    this.#tell({ kind: "withdraw" });
    await this.told("unreach", this.#size);
  }

  /**
   * The time, by monotonicMs, at which each agent had been told of so many routes more than at the end of the last call.
   * Rejects where one was told of more.
   */
  async told(what: "reach" | "unreach", more: number): Promise<number> {
    this.#expected[what] += more;
    const count = this.#expected[what];
    this.#tell({ kind: "await", what, count });
    const answers = await Promise.all(this.#processes.map((each) => each.next()));
    const most = Math.max(...answers.map((answer) => answer.most));
    if (most !== count) throw new Error(`an agent was told of ${most} routes ("${what}"), not of ${count}`);
    return Math.max(...answers.map(({ atMs }) => atMs));
  }

  async close(): Promise<void> {
    await Promise.all(this.#processes.map((each) => each.end()));
  }

  #tell(command: CrowdCommand): void {
    for (const each of this.#processes) each.send(command);
  }
}
