import type { FlowRange } from "@contrail/dataplane";
import {
  DROP_REASONS,
  type DropReason,
  type FlowEntry,
  type InterfaceCounters,
  type Offload,
  type Outcome,
  type Output,
  type TableDelta,
} from "@contrail/forwarding";
import { mapDelete, mapKeys, mapLookup, mapUpdate, runOnFrame } from "./bpf-syscall.ts";
import { ageFlows, type Kernel, loadTestKernel, markFlowsGone, readGeneration } from "./kernel.ts";
import { type DevicePort, KernelTables } from "./kernel-tables.ts";
import { DEVICE_USE, deviceValue, readFlow, SIZE, Struct, u32Key } from "./layout.ts";
import { readDrops, readFlows, readInterfaceCounters } from "./state-reader.ts";

export { listedPrograms } from "./bpf-syscall.ts";

/** The programs over tables of their own, run frame by frame with a clock that is handed in (BPF_PROG_TEST_RUN). */
export interface TestBench {
  apply(batch: readonly TableDelta[]): void;
  fromMachine(interfaceId: number, frame: Uint8Array, nowNs: bigint, offload?: Offload): Outcome;
  fromUnderlay(frame: Uint8Array, nowNs: bigint): Outcome;
  fromAgent(frame: Uint8Array, nowNs: bigint): Outcome;
  ageFlows(nowNs: bigint): number;
  /** All of them where no range is named. */
  flows(range?: FlowRange): readonly FlowEntry[];
  drops(): ReadonlyMap<DropReason, number>;
  interfaceCounters(): ReadonlyMap<number, InterfaceCounters>;
  tableSizes(): Readonly<Record<string, number>>;
  /** Next hops that entries are counted for. */
  flowCounts(): readonly number[];
  /** Makes all counts 0 while entries are there, as updates that were missed. */
  loseFlowCounts(): void;
  /** Begins to remove an interface's flow entries by its next hop, dies, and comes again as a new agent. */
  dieWhileRemoving(nextHop: number): void;
  /** Loses the embryonic entries of the reverse mark, as where others came in their place. */
  loseReplies(): void;
  /** Leaves all entries as they are while another processor writes them. */
  beginWrites(): void;
  /** Under which verdicts are good; rises with each batch. */
  generation(): number;
  /** Removes rows, flows, fragments and counters: as new. */
  reset(): void;
  close(): void;
}

/** The kernel gives test frames the loopback device. */
const TEST_IFINDEX = 1;
/** Indexes that redirects name in tests; no such device is needed, as nothing is sent. */
const FIRST_MACHINE_INDEX = 100_000;
const UNDERLAY_INDEX = 200_001;
const PUNT_INDEX = 200_002;
/** Bytes that a program may put before a frame. */
const ROOM_BYTES = 64;
const ETHERNET_BYTES = 14;
const OUT = { interface: 1, underlay: 2, punt: 3, host: 4 } as const;

/** Opens a bench with empty tables. Throws BpfError where the kernel refuses. */
export function openTestBench(): TestBench {
  return new Bench();
}

const NO_DEVICES: DevicePort = {
  attach: (use, device, id) => {
    const hostIndex = use === "underlay" ? UNDERLAY_INDEX : PUNT_INDEX;
    const ifindex = use === "machine" ? FIRST_MACHINE_INDEX + id : hostIndex;
    return { ifindex: device === "" ? 0 : ifindex, formerInterface: 0 };
  },
  orphan: () => {},
  release: () => {},
  hasPeer: () => false,
};

class Bench implements TestBench {
  readonly #kernel: Kernel = loadTestKernel();
  #tables = new KernelTables(this.#kernel, NO_DEVICES);
  readonly #testRun = this.#kernel.object.mapFd("test_run");
  readonly #devices = new Map<number, string>();
  #puntDevice = "";

  apply(batch: readonly TableDelta[]): void {
    this.#tables.apply(batch);
    for (const delta of batch) {
      if (delta.kind === "interface") this.#devices.set(delta.row.id, delta.row.device);
      if (delta.kind === "settings") this.#puntDevice = delta.row.puntDevice;
    }
  }

  fromMachine(interfaceId: number, frame: Uint8Array, nowNs: bigint, offload: Offload = {}): Outcome {
    const { devices } = this.#kernel.maps;
    mapUpdate(devices, u32Key(TEST_IFINDEX), deviceValue(DEVICE_USE.machine, interfaceId, 0));
    const outcome = this.#run("vm_entry", frame, nowNs, offload);
    mapDelete(devices, u32Key(TEST_IFINDEX));
    return outcome;
  }

  fromUnderlay(frame: Uint8Array, nowNs: bigint): Outcome {
    return this.#run("fab_entry", frame, nowNs, {});
  }

  fromAgent(frame: Uint8Array, nowNs: bigint): Outcome {
    return this.#run("agent_entry", frame, nowNs, {});
  }

  ageFlows(nowNs: bigint): number {
    this.#tables.acls.collect();
    return ageFlows(this.#kernel, nowNs);
  }

  flows({ offset = 0, limit = Number.POSITIVE_INFINITY }: FlowRange = {}): readonly FlowEntry[] {
    return readFlows(this.#kernel, offset, limit);
  }

  drops(): ReadonlyMap<DropReason, number> {
    return readDrops(this.#kernel, DROP_REASONS);
  }

  interfaceCounters(): ReadonlyMap<number, InterfaceCounters> {
    return readInterfaceCounters(this.#kernel, this.#tables.index.interfaceIds());
  }

  tableSizes(): Readonly<Record<string, number>> {
    return this.#tables.index.sizes();
  }

  flowCounts(): readonly number[] {
    return mapKeys(this.#kernel.maps.flow_counts, SIZE.u32).map((key) => new Struct(key).getU32(0));
  }

  loseFlowCounts(): void {
    const { flow_counts } = this.#kernel.maps;
    for (const key of mapKeys(flow_counts, SIZE.u32)) mapUpdate(flow_counts, key, new Uint8Array(SIZE.flowCount));
  }

  dieWhileRemoving(nextHop: number): void {
    markFlowsGone(this.#kernel, nextHop);
    this.#tables = new KernelTables(this.#kernel, NO_DEVICES);
  }

  loseReplies(): void {
    const { embryonic_flows } = this.#kernel.maps;
    for (const key of mapKeys(embryonic_flows, SIZE.flowKey)) {
      const entry = new Uint8Array(SIZE.flow);
      if (mapLookup(embryonic_flows, key, entry) && readFlow(key, entry).reverse) mapDelete(embryonic_flows, key);
    }
  }

  beginWrites(): void {
    const { flows, embryonic_flows } = this.#kernel.maps;
    for (const fd of [flows, embryonic_flows]) {
      for (const key of mapKeys(fd, SIZE.flowKey)) {
        const entry = new Struct(SIZE.flow);
        if (mapLookup(fd, key, entry.bytes)) mapUpdate(fd, key, entry.u32(24, 0).bytes);
      }
    }
  }

  generation(): number {
    return readGeneration(this.#kernel);
  }

  reset(): void {
    const { maps, cpus } = this.#kernel;
    const tables = new KernelTables(this.#kernel, NO_DEVICES);
    tables.apply(tables.index.unnamed());
    for (const [fd, keyBytes] of [
      [maps.flows, SIZE.flowKey],
      [maps.embryonic_flows, SIZE.flowKey],
      [maps.flow_counts, SIZE.u32],
      [maps.fragments, SIZE.fragmentKey],
    ] as const) {
      for (const key of mapKeys(fd, keyBytes)) mapDelete(fd, key);
    }
    DROP_REASONS.forEach((_reason, index) => {
      mapUpdate(maps.drops, u32Key(index), new Uint8Array(8 * cpus));
    });
    mapUpdate(maps.settings, u32Key(0), new Uint8Array(SIZE.settings));
    tables.acls.collect();
    tables.acls.collect();
    this.#tables = new KernelTables(this.#kernel, NO_DEVICES);
  }

  close(): void {
    this.#kernel.object.close();
  }

  #run(entry: string, frame: Uint8Array, nowNs: bigint, offload: Offload): Outcome {
    const ask = new Struct(SIZE.testRecord);
    ask.view.setBigUint64(0, nowNs, true);
    ask.u32(8, offload.gsoSizeBytes ?? 0).u32(12, offload.partialChecksum === true ? 1 : 0);
    mapUpdate(this.#testRun, u32Key(0), ask.bytes);
    const { data } = runOnFrame(this.#kernel.object.programFd(entry), frame, ROOM_BYTES);
    const answer = new Struct(SIZE.testRecord);
    mapLookup(this.#testRun, u32Key(0), answer.bytes);
    return this.#outcome(answer.getU32(16), answer.getU32(20), answer.getU32(24), data);
  }

  #outcome(drop: number, out: number, id: number, data: Uint8Array): Outcome {
    if (out === OUT.host) return { outputs: [], toHost: true };
    const outputs = this.#outputs(out, id, data);
    const reason = drop === 0 ? undefined : DROP_REASONS[drop - 1];
    return reason === undefined ? { outputs } : { outputs, drop: reason };
  }

  #outputs(out: number, id: number, data: Uint8Array): readonly Output[] {
    switch (out) {
      case OUT.interface:
        return [{ kind: "interface", interface: id, device: this.#devices.get(id) ?? "", frame: data }];
      case OUT.underlay:
        return [{ kind: "underlay", packet: data.slice(ETHERNET_BYTES) }];
      case OUT.punt:
        return [{ kind: "punt", device: this.#puntDevice, frame: data }];
      default:
        return [];
    }
  }
}
