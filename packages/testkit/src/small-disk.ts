import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { endChild } from "./end-child.ts";

/** Mounts, tells of it, and keeps the namespace until we end, or end it. */
const HOLD = 'mount -t tmpfs -o size="$1" none "$0" && echo mounted && exec cat';
const PIECE = Buffer.alloc(64 * 1024, 1);
const BALLAST = "ballast";

/** Why no file system of our own can be made; undefined where one can. */
export function missingNamespaces(): string | undefined {
  try {
    execFileSync("unshare", ["-Urm", "true"], { stdio: "pipe" });
    return undefined;
  } catch (reason) {
    return `no mount namespace: ${String(reason).split("\n", 1)[0]}`;
  }
}

/** A directory that is a file system of bounded size, to those processes that run inside: a mount namespace of its own. */
export class SmallDisk {
  readonly #holder: ChildProcess;
  readonly #directory: string;

  private constructor(holder: ChildProcess, directory: string) {
    this.#holder = holder;
    this.#directory = directory;
  }

  /** size: as mount(8) takes it for tmpfs, "96m". Rejects where it cannot be mounted. */
  static async mount(directory: string, size: string): Promise<SmallDisk> {
    mkdirSync(directory, { recursive: true });
    const holder = spawn("unshare", ["-Urm", "sh", "-c", HOLD, directory, size], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    const isMounted = await Promise.race([
      once(holder.stdout, "data").then(() => true),
      once(holder, "exit").then(() => false),
    ]);
    if (!isMounted) throw new Error(`no disk of ${size} can be mounted on ${directory}`);
    return new SmallDisk(holder, directory);
  }

  /** Words before a command that make it run inside. */
  get inside(): readonly string[] {
    return ["nsenter", "--user", "--mount", "--preserve-credentials", "-t", String(this.#holder.pid)];
  }

  /** Where a file of the disk is for those outside. */
  pathOf(name: string): string {
    return join(`/proc/${this.#holder.pid}/root${this.#directory}`, name);
  }

  /** Takes all the room that is left. */
  fill(): void {
    fillFile(this.pathOf(BALLAST));
  }

  /** Gives back what fill() took. */
  free(): void {
    rmSync(this.pathOf(BALLAST), { force: true });
  }

  /** What is on it is gone once no process is inside any more. */
  async close(): Promise<void> {
    await endChild(this.#holder, "SIGKILL");
  }
}

/** Appends to a file until nothing more goes in. */
export function fillFile(path: string): void {
  const file = openSync(path, "a");
  try {
    for (let piece = PIECE; piece.length > 0; ) {
      try {
        writeSync(file, piece);
      } catch (reason) {
        if ((reason as NodeJS.ErrnoException).code !== "ENOSPC") throw reason;
        piece = piece.subarray(0, Math.floor(piece.length / 2));
      }
    }
  } finally {
    closeSync(file);
  }
}
