import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { BackgroundProcess } from "./background-process.ts";
import { BGPD } from "./needs.ts";
import { FRR, runIn } from "./network.ts";

/** FRR's bgpd without zebra, in its namespace. */
export class Bgpd {
  readonly #process: BackgroundProcess;
  readonly #folder: string;

  /** configuration: the text of its file. */
  constructor(folder: string, configuration: string) {
    this.#folder = folder;
    const file = join(folder, "frr.conf");
    writeFileSync(file, configuration);
    this.#process = new BackgroundProcess(
      FRR.namespace,
      join(folder, "bgpd.log"),
      BGPD,
      ...["-n", "-Z", "-S", "-p", "179", "-l", FRR.address, "-f", file, "-i", join(folder, "bgpd.pid")],
      ...["--vty_socket", folder, "-A", "127.0.0.1", "-P", "0"],
    );
  }

  /** Gives it commands, one after the other, and gives what it prints. */
  run(...commands: readonly string[]): string {
    const given = commands.flatMap((command) => ["-c", command]);
    return runIn(FRR.namespace, "vtysh", "--vty_socket", this.#folder, ...given);
  }

  stop(signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    return this.#process.stop(signal);
  }
}
