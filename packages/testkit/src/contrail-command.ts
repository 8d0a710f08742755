import { spawn } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const MAIN = join(dirname(fileURLToPath(import.meta.url)), "../../../services/cli/src/main.ts");

/** What `contrail` printed, and how it ended. */
export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs `contrail <args>` to its end; `heard` is told of stderr as it comes. before: words of a command that runs the
 * command after it, in a namespace for example.
 */
export function runContrail(
  args: readonly string[],
  heard: (stderr: string) => void = () => {},
  before: readonly string[] = [],
): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const [command = process.execPath, ...words] = [...before, process.execPath, MAIN, ...args];
    const child = spawn(command, words, { stdio: ["ignore", "pipe", "pipe"] });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
      heard(stderr);
    });
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, stdout, stderr }));
  });
}
