import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { mapDelete, mapForEach, mapLookup, mapUpdate, runOnContext } from "./bpf-syscall.ts";
import { FLOWS_GONE, SIZE, Struct, u32Key } from "./layout.ts";
import { type BpfObject, loadObject } from "./libbpf.ts";

/** Where the compiled programs are: in the package, or in the bundle's own folder. */
const FOLDER = import.meta.url.endsWith(".ts") ? "../bpf" : ".";
const OBJECTS = {
  product: fileURLToPath(new URL(`${FOLDER}/vrouter.bpf.o`, import.meta.url)),
  test: fileURLToPath(new URL(`${FOLDER}/vrouter-test.bpf.o`, import.meta.url)),
} as const;

const MAPS = [
  "settings",
  "generation",
  "devices",
  "vifs",
  "sources",
  "routes",
  "next_hops",
  "labels",
  "tunnel_endpoints",
  "group_sets",
  "acls",
  "acl_rows",
  "embryonic_flows",
  "flows",
  "flow_counts",
  "fragments",
  "punt_windows",
  "drops",
  "counters",
  "stages",
] as const;

/** In the order of enum stage in bpf/layout.h. */
const STAGES = [
  "vm_in",
  "fab_in",
  "agent_in",
  "arp",
  "vm_decide",
  "fab_decide",
  "punt_to_agent",
  "service",
  "host_in",
] as const;

/** The programs and maps of one host in the kernel, with their stages in place. */
export interface Kernel {
  readonly object: BpfObject;
  /** Descriptors by name. */
  readonly maps: Readonly<Record<(typeof MAPS)[number], number>>;
  /** CPUs that a per-CPU value has room for. */
  readonly cpus: number;
}

/**
 * The programs for a host, with room for so many established flows. Maps that are pinned in the directory are used, the
 * others are pinned there; without a directory nothing is.
 */
export function loadProductKernel(pinDirectory: string | undefined, flows: number): Kernel {
  return kernelOf(loadObject(OBJECTS.product, pinDirectory, { flows }));
}

/** The programs as tests run them; nothing is pinned. */
export function loadTestKernel(): Kernel {
  return kernelOf(loadObject(OBJECTS.test, undefined));
}

function kernelOf(object: BpfObject): Kernel {
  // The names are the ones that are listed, each with its descriptor.
  const maps = Object.fromEntries(MAPS.map((name) => [name, object.mapFd(name)])) as Kernel["maps"];
  STAGES.forEach((name, slot) => {
    mapUpdate(maps.stages, u32Key(slot), u32Key(object.programFd(name)));
  });
  return { object, maps, cpus: possibleCpus() };
}

/** The generation that packets are decided under. */
export function readGeneration({ maps }: Kernel): number {
  const value = new Uint8Array(SIZE.u32);
  mapLookup(maps.generation, u32Key(0), value);
  return new Struct(value).getU32(0);
}

/** Makes verdicts of older generations count for nothing. */
export function writeGeneration({ maps }: Kernel, generation: number): void {
  mapUpdate(maps.generation, u32Key(0), u32Key(generation));
}

/** Removes flow entries that are idle or closed at a time. Returns how many. Walks the whole table. */
export function ageFlows(kernel: Kernel, nowNs: bigint): number {
  return removeFlows(kernel, nowNs, 0);
}

/** Marks the flow entries of an interface that goes, by its next hop. The mark outlives the process. */
export function markFlowsGone({ maps }: Kernel, nextHop: number): void {
  mapUpdate(maps.flow_counts, u32Key(nextHop), new Struct(SIZE.flowCount).u32(0, FLOWS_GONE).bytes);
}

/** Next hops whose flow entries are marked. */
export function goneNextHops({ maps }: Kernel): readonly number[] {
  const nextHops: number[] = [];
  mapForEach(maps.flow_counts, SIZE.u32, SIZE.flowCount, (key, value) => {
    if (new Struct(value).view.getInt32(0, true) < FLOWS_GONE / 2) nextHops.push(new Struct(key).getU32(0));
  });
  return nextHops;
}

/** Removes the flow entries that are marked, all in one walk, and the marks of these next hops. */
export function removeGoneFlows(kernel: Kernel, nextHops: readonly number[]): void {
  if (nextHops.length === 0) return;
  removeFlows(kernel, 0n, 1);
  for (const nextHop of nextHops) mapDelete(kernel.maps.flow_counts, u32Key(nextHop));
}

function removeFlows({ object }: Kernel, nowNs: bigint, gone: number): number {
  const context = new Struct(SIZE.removal);
  context.view.setBigUint64(0, nowNs, true);
  context.u32(8, gone);
  runOnContext(object.programFd("remove_flows"), context.bytes);
  return context.getU32(12);
}

/** CPU numbers that the kernel makes room for: "0-7" is 8. */
function possibleCpus(): number {
  const text = readFileSync("/sys/devices/system/cpu/possible", "utf8").trim();
  return Number(text.split(/[-,]/).at(-1)) + 1;
}
