import { probeEbpf } from "@contrail/dataplane-ebpf";

const probe = probeEbpf();

/** Why tests of the eBPF data plane cannot run here; undefined where they can. Printed with each skipped test. */
export const ebpfMissing: string | undefined = probe.usable ? undefined : probe.reason;

/** The name of a test, with the reason where it is skipped. */
export function named(name: string): string {
  return ebpfMissing === undefined ? name : `${name} (skipped: ${ebpfMissing})`;
}
