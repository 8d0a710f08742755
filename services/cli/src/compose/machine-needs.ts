import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { onBpfFileSystem, removePins } from "@contrail/dataplane-ebpf";

const run = promisify(execFile);
const BPF = "/sys/fs/bpf";
/** Pins of the agents in containers; those of the embedded system are beside it. */
const PINS = `${BPF}/contrail-compose`;

/** Directories of a deployment that its containers share with the demonstration, and where they see them. */
export const SHARED = { netns: "/run/netns", guests: "/run/contrail-guests" } as const;

/**
 * Readies this machine, as root: a BPF file system for pins that outlive agents, and a directory in which containers share
 * names of network namespaces. Idempotent; a machine that was started again has to be readied again.
 */
export async function readyMachine(state: string): Promise<void> {
  if (!onBpfFileSystem(BPF)) await run("mount", ["-t", "bpf", "bpf", BPF]);
  for (const name of Object.keys(SHARED)) mkdirSync(join(state, name), { recursive: true, mode: 0o700 });
  const netns = join(state, "netns");
  if (isMounted(netns)) return;
  await run("mount", ["--bind", netns, netns]);
  await run("mount", ["--make-shared", netns]);
}

/** Takes back what readyMachine() and the agents have made; the BPF file system stays. */
export async function clearMachine(state: string): Promise<void> {
  const netns = join(state, "netns");
  if (isMounted(netns)) await run("umount", ["-R", netns]);
  if (existsSync(PINS)) removePins(PINS);
}

/** The command that runs another one where the names of the containers' namespaces are those of the machine. */
export function amongContainers(state: string, command: readonly string[]): readonly string[] {
  const mounts = Object.entries(SHARED).map(([name, path]) => `mkdir -p ${path} && mount --rbind "$1/${name}" ${path}`);
  const script = [...mounts, 'shift && exec "$@"'].join(" && ");
  return ["unshare", "--mount", "--propagation", "slave", "--", "sh", "-c", script, "sh", state, ...command];
}

/** The fifth field of a line of mountinfo is where it is mounted (proc(5)). */
function isMounted(path: string): boolean {
  const lines = readFileSync("/proc/self/mountinfo", "utf8").split("\n");
  return lines.some((line) => line.split(" ")[4] === path);
}
