import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { accessSync, constants, mkdirSync, rmSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { backendFailed } from "../core/api-error.ts";
import type { Finished } from "../core/extension-answer.ts";
import type { JsonObject } from "../core/json.ts";
import type { ExtensionRow } from "../core/rows.ts";

/** The third argument. As in CloudStack nothing enforces it: the executable limits itself. */
const TIMEOUT_ARGUMENT = "60";
/** More output than this is cut off. */
const MAX_OUTPUT_BYTES = 1024 * 1024;

/** Runs the executables of extensions: `<dir>/<name>/<name>.sh <command> <payload file> 60`. */
export class ExtensionRunner {
  readonly #directory: string;
  readonly #payloads: string;

  /**
   * The extensions' directory, made as a package would, and one for payload files: for us alone, they hold passwords, also
   * those that a killed process has left, which go now.
   */
  constructor(directory: string, payloads: string) {
    this.#directory = directory;
    this.#payloads = payloads;
    mkdirSync(directory, { recursive: true });
    rmSync(payloads, { recursive: true, force: true });
    mkdirSync(payloads, { recursive: true, mode: 0o700 });
  }

  get directory(): string {
    return this.#directory;
  }

  pathOf(name: string): string {
    return join(this.#directory, name, `${name}.sh`);
  }

  isReady(name: string): boolean {
    try {
      accessSync(this.pathOf(name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  }

  /** Runs one command and waits for its end. Throws ApiError 530 where nothing can be run. */
  async run(extension: ExtensionRow, command: string, payload: JsonObject): Promise<Finished> {
    if (extension.state !== "Enabled") throw backendFailed(`Extension ${extension.name} is not enabled`);
    const path = this.pathOf(extension.name);
    if (!this.isReady(extension.name)) {
      throw backendFailed(`No executable script found in extension path ${path} inside the extension directory.`);
    }
    const file = join(this.#payloads, `${randomUUID()}.json`);
    await writeFile(file, JSON.stringify(payload), { mode: 0o600 });
    try {
      return await execute(path, [command, file, TIMEOUT_ARGUMENT]);
    } finally {
      await rm(file, { force: true });
    }
  }
}

function execute(path: string, args: readonly string[]): Promise<Finished> {
  return new Promise((resolve) => {
    const child = spawn(path, args, { stdio: ["ignore", "pipe", "pipe"] });
    const chunks: Buffer[] = [];
    let bytes = 0;
    const take = (chunk: Buffer): void => {
      if (bytes < MAX_OUTPUT_BYTES) chunks.push(chunk.subarray(0, MAX_OUTPUT_BYTES - bytes));
      bytes += chunk.length;
    };
    child.stdout.on("data", take);
    child.stderr.on("data", take);
    child.on("error", (reason) => resolve({ exitCode: undefined, output: reason.message }));
    child.on("close", (code) => resolve({ exitCode: code ?? undefined, output: Buffer.concat(chunks).toString() }));
  });
}
