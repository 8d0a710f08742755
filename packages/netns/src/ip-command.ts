import { execFile } from "node:child_process";
import { ContrailError } from "@contrail/errors";

/** Longest answer of iproute2 that is read. */
const MAX_OUTPUT_BYTES = 16 * 1024 * 1024;

/**
 * Runs iproute2's `ip` in the caller's namespace, or in a named one, and gives what it printed. Rejects with code
 * "netns.ip_failed" and the command's own words.
 */
export function runIp(args: readonly string[], namespace?: string): Promise<string> {
  const whole = namespace === undefined ? args : ["-n", namespace, ...args];
  return new Promise((resolve, reject) => {
    execFile("ip", [...whole], { maxBuffer: MAX_OUTPUT_BYTES, encoding: "utf8" }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(ipFailed(whole, stderr.trim() || error.message, error));
    });
  });
}

/** Runs `ip -j …` and parses its answer; no output is an empty list. */
export async function runIpJson(args: readonly string[], namespace?: string): Promise<readonly unknown[]> {
  const text = await runIp(["-j", ...args], namespace);
  if (text.trim() === "") return [];
  const parsed: unknown = JSON.parse(text);
  return Array.isArray(parsed) ? parsed : [parsed];
}

/** Runs several commands (`link add …` without `ip`) in one process, in order; stops at the first that fails. */
export function runIpBatch(commands: readonly string[], namespace?: string): Promise<void> {
  const whole = [...(namespace === undefined ? [] : ["-n", namespace]), "-batch", "-"];
  return new Promise((resolve, reject) => {
    const child = execFile("ip", whole, { encoding: "utf8" }, (error, _stdout, stderr) => {
      if (error === null) resolve();
      else reject(ipFailed(whole, stderr.trim() || error.message, error));
    });
    child.stdin?.on("error", () => {}); // The exit code tells what went wrong.
    child.stdin?.end(`${commands.join("\n")}\n`);
  });
}

function ipFailed(args: readonly string[], words: string, cause: unknown): ContrailError {
  return new ContrailError("netns.ip_failed", `ip ${args.join(" ")}: ${words}`, { fields: { args }, cause });
}
