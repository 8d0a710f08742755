import { spawn } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { cliEnvironment } from "./config.ts";

export const REPOSITORY = join(dirname(fileURLToPath(import.meta.url)), "../..");
const MAIN = join(REPOSITORY, "services/cli/src/main.ts");
const DEADLINE_MS = 60_000;

/** What a command of the CLI has printed and how it ended. */
export interface CliRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `contrail …` against the sockets of a directory, nobody at the terminal. */
export async function contrail(
  directory: string,
  args: readonly string[],
  {
    input = "",
    editor = "false",
    env: more = {},
    cwd,
  }: {
    readonly input?: string;
    readonly editor?: string;
    readonly env?: Readonly<Record<string, string>>;
    readonly cwd?: string | undefined;
  } = {},
): Promise<CliRun> {
  const env = { ...cliEnvironment(directory, editor), ...more };
  const child = spawn(process.execPath, [MAIN, ...args], { env, cwd, timeout: DEADLINE_MS });
  child.stdin.on("error", () => undefined); // A command that reads nothing may have ended.
  child.stdin.end(input);
  const [stdout, stderr, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number | null>((resolve) => child.once("close", resolve)),
  ]);
  return { code, stdout, stderr };
}

async function text(stream: NodeJS.ReadableStream): Promise<string> {
  let all = "";
  for await (const part of stream) all += String(part);
  return all;
}
