import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { runIp } from "@contrail/netns";
import { removeGuestFiles } from "./guest-files.ts";

/** Makes a namespace with its loopback up. */
export async function makeNamespace(name: string): Promise<void> {
  await runIp(["netns", "add", name]);
  await runIp(["link", "set", "lo", "up"], name);
}

/** Removes a namespace, every device in it and what its machine kept; one that is not there is no fault. */
export async function removeNamespace(name: string): Promise<void> {
  removeGuestFiles(name);
  if (existsSync(`/run/netns/${name}`)) await runIp(["netns", "del", name]);
}

/** The command that runs another one inside a namespace. /sys stays the machine's own: pins are seen. */
export function nsenter(namespace: string, command: readonly string[]): readonly string[] {
  return ["nsenter", `--net=/run/netns/${namespace}`, "--", ...command];
}

/** Runs a short command in a namespace and gives its output. Throws with its words. */
export function inNamespace(namespace: string, command: readonly string[]): string {
  const [program = "", ...args] = nsenter(namespace, command);
  return execFileSync(program, args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}
