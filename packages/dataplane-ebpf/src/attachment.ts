import { BpfError } from "./bpf-error.ts";
import { listedPrograms, listProgram, programInfo, unlistProgram, withProgram } from "./bpf-syscall.ts";
import { attachIngress, detachIngress } from "./libbpf.ts";

/** Programs that are attached to devices: each only jumps to its stage. */
export const ENTRIES = { machine: "vm_entry", underlay: "fab_entry", punt: "agent_entry" } as const;

/** How a device carries its program; the number stands in its record. */
export const CARRIED = {
  /** By a filter in a clsact queue discipline that was there. */
  filter: 0,
  /** By a filter in a clsact queue discipline of ours. */
  ownFilter: 1,
  /** First on the device's list of programs: less work for each packet. Kernel 6.6 and later. */
  list: 2,
} as const;
export type Carried = (typeof CARRIED)[keyof typeof CARRIED];

const EINVAL = 22;

/** Attaches a program in place of ours that may be there. Throws BpfError. */
export function attachProgram(ifindex: number, programFd: number): Carried {
  const before = ownListed(ifindex);
  if (before === undefined) return attachIngress(ifindex, programFd) ? CARRIED.ownFilter : CARRIED.filter;
  if (before.includes(programInfo(programFd).id)) return CARRIED.list;
  const [former] = before;
  const replace = (fd: number | undefined): void => listProgram(ifindex, programFd, fd);
  if (former === undefined) replace(undefined);
  else withProgram(former, replace);
  return CARRIED.list;
}

/** Takes our program off a device; a device that is gone is no error. */
export function detachProgram(ifindex: number, carried: Carried): void {
  if (carried !== CARRIED.list) {
    detachIngress(ifindex, carried === CARRIED.ownFilter);
    return;
  }
  for (const id of ownListed(ifindex) ?? []) withProgram(id, (fd) => unlistProgram(ifindex, fd));
}

/** Ids of our programs on a device's list, nothing where it is gone; undefined where the kernel has no such lists. */
function ownListed(ifindex: number): readonly number[] | undefined {
  const names: readonly string[] = Object.values(ENTRIES);
  try {
    return listedPrograms(ifindex).filter((id) => names.includes(withProgram(id, programInfo)?.name ?? ""));
  } catch (reason) {
    if (!(reason instanceof BpfError)) throw reason;
    return reason.errno === EINVAL ? undefined : [];
  }
}
