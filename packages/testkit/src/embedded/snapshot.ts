import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Variable of the environment that every process of a system under test inherits, whatever its name. */
export const MARK = "CONTRAIL_TEST_MARK";

/** What a system may leave behind on a machine. */
export interface Snapshot {
  /** Names of network namespaces. */
  readonly namespaces: readonly string[];
  /** Links of the machine's own namespace. */
  readonly links: readonly string[];
  /** Files below /sys/fs/bpf. */
  readonly pins: readonly string[];
  /** Mounts, but for the directory that iproute2 keeps for names of namespaces. */
  readonly mounts: readonly string[];
  /** Run directory and lock of a system of root, and files below the directories for temporary files that it was given. */
  readonly files: readonly string[];
  /** Processes that carry the mark. */
  readonly processes: readonly string[];
}

/** Takes a snapshot; the processes are those with the mark in their environment. */
export function takeSnapshot(mark: string, temporary: readonly string[]): Snapshot {
  return {
    namespaces: filesBelow("/run/netns"),
    links: readdirSync("/sys/class/net").sort(),
    pins: filesBelow("/sys/fs/bpf"),
    mounts: readFileSync("/proc/self/mounts", "utf8")
      .split("\n")
      .filter((line) => !line.includes(" /run/netns ")),
    files: [...ownFiles(), ...temporary.flatMap(filesBelow)].sort(),
    processes: marked(mark),
  };
}

/** Run directory and lock of a system of root, where they are. */
function ownFiles(): string[] {
  const names = readdirSync("/run").filter((name) => name.startsWith("contrail"));
  return names.flatMap((name) => [join("/run", name), ...filesBelow(join("/run", name))]);
}

function filesBelow(directory: string): string[] {
  try {
    return readdirSync(directory, { recursive: true })
      .map((name) => join(directory, String(name)))
      .sort();
  } catch {
    return []; // There is no such directory, or it went away meanwhile.
  }
}

/** What is there now and was not before: "links: veth0". Labs of other tests (oct-…), which may run beside, are none of ours. */
export function addedSince(before: Snapshot, now: Snapshot): readonly string[] {
  return (Object.keys(now) as (keyof Snapshot)[]).flatMap((kind) => {
    const known = new Set(before[kind]);
    return now[kind].filter((item) => !known.has(item) && !item.includes("oct-")).map((item) => `${kind}: ${item}`);
  });
}

/** Process id and command line of processes that carry the mark. */
export function marked(mark: string): string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        if (!readFileSync(`/proc/${pid}/environ`, "utf8").includes(`${MARK}=${mark}`)) return [];
        const command = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim();
        return command === "" ? [] : [`${pid} ${command}`];
      } catch {
        return []; // It has ended, or is none of ours.
      }
    });
}
