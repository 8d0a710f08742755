import { loadProductKernel } from "./kernel.ts";

/** Few, as they take memory. */
const PROBE_FLOWS = 1_024;

/** Whether this process may and can run the eBPF data plane. */
export type EbpfProbe = { readonly usable: true } | { readonly usable: false; readonly reason: string };

/** Loads the programs and lets them go again: the only proof that the kernel has all that they need. */
export function probeEbpf(): EbpfProbe {
  if (process.geteuid?.() !== 0) return { usable: false, reason: "a plain user may not load eBPF programs" };
  try {
    loadProductKernel(undefined, PROBE_FLOWS).object.close();
    return { usable: true };
  } catch (reason) {
    return { usable: false, reason: reason instanceof Error ? reason.message : String(reason) };
  }
}
