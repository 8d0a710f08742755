import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { inNamespace, type MachineState } from "@contrail/testkit/embedded";

const PROGRAM = join(import.meta.dirname, "stream-end.ts");
const PORT = 7_000;

/** What has arrived at an end since a time, in milliseconds of the monotonic clock. */
export interface Arrivals {
  readonly first: number | null;
  readonly last: number | null;
  /** Packets that this end has sent until now. */
  readonly sent: number;
}

/** Packets in both directions between two machines: two flows, each begun on another host. */
export class Stream {
  readonly #ends: readonly StreamEnd[];

  private constructor(ends: readonly StreamEnd[]) {
    this.#ends = ends;
  }

  static async start(first: MachineState, second: MachineState): Promise<Stream> {
    const ends = [new StreamEnd(first, second.address), new StreamEnd(second, first.address)];
    await Promise.all(ends.map((end) => end.line()));
    return new Stream(ends);
  }

  /** Arrivals at both ends. */
  since(time: number): Promise<readonly Arrivals[]> {
    return Promise.all(this.#ends.map((end) => end.since(time)));
  }

  stop(): void {
    for (const end of this.#ends) end.stop();
  }
}

class StreamEnd {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  constructor({ namespace }: MachineState, peer: string) {
    const [command = "", ...args] = inNamespace(namespace, [process.execPath, PROGRAM, String(PORT), peer]);
    this.#child = spawn(command, args, { stdio: ["pipe", "pipe", "inherit"] });
    if (this.#child.stdout === null) throw new Error("the end of a stream has no output");
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  async since(time: number): Promise<Arrivals> {
    this.#child.stdin?.write(`since ${time}\n`);
    return JSON.parse(await this.line()) as Arrivals; // The form of stream-end.ts.
  }

  async line(): Promise<string> {
    const { value, done } = await this.#lines.next();
    if (done === true) throw new Error("the end of a stream has ended");
    return value;
  }

  stop(): void {
    this.#child.kill("SIGKILL");
  }
}

/** Milliseconds of the clock that the ends use. */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
