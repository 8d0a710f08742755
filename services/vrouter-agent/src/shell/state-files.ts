import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ContrailError } from "@contrail/errors";
import type { Logger } from "@contrail/observability";
import { z } from "zod";
import { LocalNumbers, noTable, type SavedNumbers } from "../core/local-numbers.ts";
import { type Port, readPort } from "../core/port.ts";

const DIGESTS = z.record(z.string(), z.string());
const NUMBERS = z.record(z.string(), z.record(z.string(), z.number()));

/** What the agent keeps over a restart: one file a port, and the table of local numbers. Files are replaced whole. */
export class StateFiles {
  readonly #directory: string;
  readonly #ports: string;
  readonly #logger: Logger;
  readonly #random: () => number;

  /** random gives 0 up to 1. */
  constructor(directory: string, logger: Logger, random: () => number = Math.random) {
    this.#random = random;
    this.#directory = directory;
    this.#ports = join(directory, "ports");
    this.#logger = logger;
    mkdirSync(this.#ports, { recursive: true, mode: 0o700 });
  }

  /** All ports; a file that is broken is left out and logged. */
  ports(): readonly Port[] {
    return readdirSync(this.#ports)
      .filter((name) => !name.endsWith(".new"))
      .flatMap((name) => {
        try {
          return [readPort(JSON.parse(readFileSync(join(this.#ports, name), "utf8")))];
        } catch (reason) {
          this.#logger.error("port file is broken", { file: name, reason: ContrailError.from(reason).message });
          return [];
        }
      });
  }

  savePort(port: Port): void {
    writeWhole(join(this.#ports, port.id), JSON.stringify(port), true);
  }

  removePort(id: string): void {
    rmSync(join(this.#ports, id), { force: true });
  }

  /**
   * The table of numbers; an empty one where there is none, or it is broken: then rows get new numbers, and labels begin
   * at a random one, as other hosts may still hold routes to a former agent's.
   */
  numbers(): LocalNumbers {
    try {
      return new LocalNumbers(NUMBERS.parse(JSON.parse(readFileSync(join(this.#directory, "numbers.json"), "utf8"))));
    } catch (reason) {
      const missing = reason instanceof Error && "code" in reason && reason.code === "ENOENT";
      if (!missing) this.#logger.error("table of numbers is broken", { reason: ContrailError.from(reason).message });
      return new LocalNumbers(noTable(this.#random()));
    }
  }

  /** Digests of the passwords that machines have fetched, by port; none where the file is missing or broken. */
  fetchedPasswords(): Readonly<Record<string, string>> {
    try {
      return DIGESTS.parse(JSON.parse(readFileSync(join(this.#directory, "fetched-passwords.json"), "utf8")));
    } catch {
      return {}; // A password is sent once more, and acknowledged once more.
    }
  }

  saveFetchedPasswords(digests: Readonly<Record<string, string>>): void {
    writeWhole(join(this.#directory, "fetched-passwords.json"), JSON.stringify(digests), true);
  }

  saveNumbers(numbers: SavedNumbers): void {
    writeWhole(join(this.#directory, "numbers.json"), JSON.stringify(numbers));
  }
}

/** durable: on the disk, and not only with the kernel, when it returns. */
function writeWhole(path: string, text: string, durable = false): void {
  writeFileSync(`${path}.new`, text, { mode: 0o600, flush: durable });
  renameSync(`${path}.new`, path);
}
