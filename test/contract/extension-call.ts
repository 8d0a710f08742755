import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "vitest";
import { SCRIPT } from "./plugin-process.ts";

/** A test that runs the extension's executable; skipped where the machine has no curl. */
export const extensionTest = test.skipIf(!existsSync("/usr/bin/curl"));

/** What one process of the extension did. */
export interface ScriptRun {
  readonly exit: number | null;
  /** stdout and stderr in one stream, as CloudStack reads them. */
  readonly output: string;
  readonly milliseconds: number;
}

/** Runs the script with a shell; payload: undefined for a file that is not there. */
export async function runScript(
  shell: string,
  command: string,
  payload: string | Buffer | undefined,
  environment: Readonly<Record<string, string>>,
  script = SCRIPT,
): Promise<ScriptRun> {
  const directory = mkdtempSync(join(tmpdir(), "contrail-payload-"));
  const file = join(directory, "payload.json");
  if (payload !== undefined) writeFileSync(file, payload);
  const startedAt = performance.now();
  const child = spawn(shell, ["-c", 'exec "$0" "$@" 2>&1', shell, script, command, file, "60"], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { PATH: "/usr/local/bin:/usr/bin:/bin", ...environment },
  });
  try {
    const parts: Buffer[] = [];
    child.stdout.on("data", (part: Buffer) => parts.push(part));
    const exit = await new Promise<number | null>((resolve) => child.once("close", resolve));
    return { exit, output: Buffer.concat(parts).toString(), milliseconds: performance.now() - startedAt };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** The one JSON object of a run. Throws where it printed anything else. */
export function objectOf(run: ScriptRun): Readonly<Record<string, unknown>> {
  const value: unknown = JSON.parse(run.output);
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Error(`no object: ${run.output}`);
  return value as Readonly<Record<string, unknown>>; // Checked in the line before.
}
