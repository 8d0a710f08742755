import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { BackgroundProcess } from "./background-process.ts";
import { type Place, runIn } from "./network.ts";

/** Inside its namespace. */
const API = "127.0.0.1:50051";

/** GoBGP's daemon in a namespace. */
export class GoBgpd {
  readonly #process: BackgroundProcess;
  readonly #namespace: string;

  /** configuration: the text of its file. */
  constructor(folder: string, { namespace }: Place, configuration: string) {
    this.#namespace = namespace;
    const file = join(folder, `${namespace}.toml`);
    writeFileSync(file, configuration);
    const log = join(folder, `${namespace}.log`);
    this.#process = new BackgroundProcess(namespace, log, "gobgpd", "-f", file, "--api-hosts", API);
  }

  /** Runs the gobgp client and gives what it prints. */
  run(command: string): string {
    return runIn(this.#namespace, "gobgp", ...command.split(" "));
  }

  stop(signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    return this.#process.stop(signal);
  }
}
