import { loadKernel } from "./kernel.ts";

/** Whether this process may and can run the eBPF data plane. */
export type EbpfProbe = { readonly usable: true } | { readonly usable: false; readonly reason: string };

/** Loads the programs and lets them go again: the only proof that the kernel has all that they need. */
export function probeEbpf(): EbpfProbe {
  if (process.geteuid?.() !== 0) return { usable: false, reason: "a plain user may not load eBPF programs" };
  try {
    loadKernel("product", undefined).object.close();
    return { usable: true };
  } catch (reason) {
    return { usable: false, reason: reason instanceof Error ? reason.message : String(reason) };
  }
}
