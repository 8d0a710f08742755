import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { promisify } from "node:util";
import { onBpfFileSystem, removePins } from "@contrail/dataplane-ebpf";
import { insideUserNamespace } from "../config.ts";

const MOUNT_POINT = "/sys/fs/bpf";
/** Source in the list of mounts: tells a file system that we mounted from one that was there. */
const OUR_SOURCE = "contrail";
/** Directory of all pins of the embedded system, one directory below it for each host. */
const PINS = `${MOUNT_POINT}/contrail`;

/** Mounts a BPF file system where none is, for pins that outlive the agents. */
export async function mountBpfFileSystem(): Promise<void> {
  if (!onBpfFileSystem(MOUNT_POINT)) await promisify(execFile)("mount", ["-t", "bpf", OUR_SOURCE, MOUNT_POINT]);
}

/** Removes all pins of the embedded system, and the BPF file system where we mounted it. */
export async function removeBpfLeftovers(): Promise<void> {
  if (insideUserNamespace) return;
  if (existsSync(PINS)) removePins(PINS);
  if (mountedByUs()) await promisify(execFile)("umount", [MOUNT_POINT]);
}

function mountedByUs(): boolean {
  const mounts = readFileSync("/proc/self/mounts", "utf8").split("\n");
  return mounts.some((line) => line.startsWith(`${OUR_SOURCE} ${MOUNT_POINT} bpf `));
}
