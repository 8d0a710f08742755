import { existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const LIBRARIES = ["x86_64", "aarch64"].map((machine) => `/usr/lib/${machine}-linux-gnu/faketime/libfaketimeMT.so.1`);

/** A wall clock that is wrong, for one process: libfaketime, which reads at every call by how much. */
export class WrongClock {
  readonly #directory = mkdtempSync(join(tmpdir(), "contrail-clock-"));

  constructor(offsetS = 0) {
    this.set(offsetS);
  }

  /** Why there is none on this machine; undefined where there is. */
  static get missing(): string | undefined {
    return LIBRARIES.some(existsSync) ? undefined : "needs libfaketime (Debian: faketime)";
  }

  /** By how many seconds the clock is ahead of the machine's from now on; it may jump back. */
  set(offsetS: number): void {
    const next = join(this.#directory, "next");
    writeFileSync(next, `${offsetS < 0 ? "" : "+"}${offsetS}\n`);
    renameSync(next, this.#file);
  }

  /** The beginning of a command that has this clock; its monotonic clock stays the machine's. */
  command(): readonly string[] {
    const settings = [`FAKETIME_TIMESTAMP_FILE=${this.#file}`, "FAKETIME_NO_CACHE=1", "FAKETIME_DONT_FAKE_MONOTONIC=1"];
    return ["env", `LD_PRELOAD=${LIBRARIES.find(existsSync)}`, ...settings, "DONT_FAKE_MONOTONIC=1"];
  }

  remove(): void {
    rmSync(this.#directory, { recursive: true });
  }

  get #file(): string {
    return join(this.#directory, "offset");
  }
}
