import type { DropReason, FlowEntry, InterfaceCounters } from "@contrail/forwarding";
import { mapForEach, mapLookup } from "./bpf-syscall.ts";
import type { Kernel } from "./kernel.ts";
import { readCounters, readFlow, SIZE, u32Key } from "./layout.ts";

/** Flow entries in no order, as many as asked for after as many that are left out. */
export function readFlows({ maps }: Kernel, offset: number, limit: number): readonly FlowEntry[] {
  const flows: FlowEntry[] = [];
  let place = 0;
  for (const fd of [maps.flows, maps.embryonic_flows]) {
    mapForEach(fd, SIZE.flowKey, SIZE.flow, (key, value) => {
      if (flows.length >= limit) return false;
      if (place >= offset) flows.push(readFlow(key, value));
      place += 1;
      return true;
    });
  }
  return flows;
}

/** Drops by reason, summed over all CPUs; reasons never met are absent. */
export function readDrops({ maps, cpus }: Kernel, reasons: readonly DropReason[]): ReadonlyMap<DropReason, number> {
  const drops = new Map<DropReason, number>();
  const perCpu = new BigUint64Array(cpus);
  reasons.forEach((reason, index) => {
    mapLookup(maps.drops, u32Key(index), new Uint8Array(perCpu.buffer));
    const total = Number(perCpu.reduce((sum, count) => sum + count, 0n));
    if (total > 0) drops.set(reason, total);
  });
  return drops;
}

/** Counters of the interfaces asked for. */
export function readInterfaceCounters(
  { maps, cpus }: Kernel,
  ids: readonly number[],
): ReadonlyMap<number, InterfaceCounters> {
  const perCpu = new Uint8Array(SIZE.counters * cpus);
  return new Map(
    ids.map((id) => {
      mapLookup(maps.counters, u32Key(id), perCpu);
      return [id, readCounters(perCpu)] as const;
    }),
  );
}
