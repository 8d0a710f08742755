import { readdirSync, readlinkSync } from "node:fs";
import { programInfo } from "./bpf-syscall.ts";

/** What a program has cost while kernel.bpf_stats_enabled was 1; stages that it jumped to are part of it. */
export interface ProgramCost {
  /** Name in the object file, at most 15 characters: "vm_entry". */
  readonly name: string;
  readonly runs: number;
  readonly nanoseconds: number;
}

const OWN_DESCRIPTORS = "/proc/self/fd";

/** The cost of each program that this process holds, which are those of the data planes that it has open. */
export function programCosts(): readonly ProgramCost[] {
  return readdirSync(OWN_DESCRIPTORS)
    .filter((fd) => isProgram(fd))
    .map((fd) => {
      const { name, runs, nanoseconds } = programInfo(Number(fd));
      return { name, runs, nanoseconds };
    });
}

function isProgram(fd: string): boolean {
  try {
    return readlinkSync(`${OWN_DESCRIPTORS}/${fd}`) === "anon_inode:bpf-prog";
  } catch {
    return false; // The descriptor of the listing itself is closed by now.
  }
}
