import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { onBpfFileSystem } from "@contrail/dataplane-ebpf";
import { makeNamespace, removeNamespace } from "@contrail/machine";

const run = promisify(execFile);
const BPF = "/sys/fs/bpf";
const PASSING = "oc-prepare";

/**
 * Readies this machine, as root: a BPF file system for pins that outlive agents, and /run/netns as a mount that containers
 * share, which iproute2 makes with its first namespace. Idempotent; a machine that was started again has to be readied again.
 */
export async function readyMachine(): Promise<void> {
  if (!onBpfFileSystem(BPF)) await run("mount", ["-t", "bpf", "bpf", BPF]);
  await makeNamespace(PASSING);
  await removeNamespace(PASSING);
}
