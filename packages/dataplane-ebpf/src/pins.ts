import { existsSync, mkdirSync, readdirSync, rmdirSync, statfsSync, unlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { ContrailError } from "@contrail/errors";

/** Type of a BPF file system in statfs(2). */
const BPF_FS_MAGIC = 0xcafe4a11;

/** True where the path, or what of it is there, lies on a BPF file system. */
export function onBpfFileSystem(path: string): boolean {
  const there = existsSync(path) || path === "/" ? path : undefined;
  return there === undefined ? onBpfFileSystem(dirname(path)) : statfsSync(there).type === BPF_FS_MAGIC;
}

/** Makes the directory of a host's pins. Throws "dataplane.bad_request" where no BPF file system is mounted there. */
export function ensurePinDirectory(directory: string): void {
  if (!onBpfFileSystem(directory)) {
    throw new ContrailError(
      "dataplane.bad_request",
      `${directory} is on no BPF file system: run mount -t bpf bpf /sys/fs/bpf`,
    );
  }
  mkdirSync(directory, { recursive: true, mode: 0o700 });
}

/** The directory of the maps of one layout, made if absent. */
export function currentPins(directory: string, layout: string): string {
  const path = join(directory, layout);
  mkdirSync(path, { recursive: true, mode: 0o700 });
  return path;
}

/** Removes maps of other layouts: whatever carried programs carries the present ones. */
export function removeOtherLayouts(directory: string, layout: string): void {
  for (const name of readdirSync(directory)) {
    if (name !== layout) removeTree(join(directory, name));
  }
}

/** Removes the directory and all pins in it; what is not there is no error. */
export function removePins(directory: string): void {
  if (existsSync(directory)) removeTree(directory);
}

/** rm -r would unlink directories in a way that a BPF file system does not know. */
function removeTree(path: string): void {
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    const child = join(path, entry.name);
    if (entry.isDirectory()) removeTree(child);
    else unlinkSync(child);
  }
  rmdirSync(path);
}
