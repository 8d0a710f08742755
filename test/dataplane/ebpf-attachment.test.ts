import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DataPlane } from "@contrail/dataplane";
import { openEbpfDataPlane } from "@contrail/dataplane-ebpf";
import { listedPrograms } from "@contrail/dataplane-ebpf/test-bench";
import type { TableDelta } from "@contrail/forwarding";
import { interfaceIndex, openPacketSocket } from "@contrail/netns";
import { silentLogger } from "@contrail/observability";
import { address, prefix } from "@contrail/testkit/dataplane";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ebpfMissing } from "./ebpf-needs.ts";

const MACHINE = "oct-att-vif";
const UNDERLAY = "oct-att-eth";
const FORWARDING = "/proc/sys/net/ipv4/conf/lo/forwarding";

let mountPoint = "";

/** Kernels before 6.6 have no lists of programs: there a filter carries them, which other tests of packets prove. */
function hasLists(): boolean {
  try {
    listedPrograms(1);
    return true;
  } catch {
    return false;
  }
}
const missing = ebpfMissing ?? (hasLists() ? undefined : "the kernel has no lists of programs on devices");

function named(name: string): string {
  return missing === undefined ? name : `${name} (skipped: ${missing})`;
}

beforeEach(() => {
  if (missing !== undefined) return;
  mountPoint = mkdtempSync(join(tmpdir(), "oct-bpf-"));
  execFileSync("mount", ["-t", "bpf", "oct", mountPoint]);
  execFileSync("ip", ["link", "add", MACHINE, "type", "veth", "peer", "name", UNDERLAY]);
});

afterEach(() => {
  if (missing !== undefined) return;
  execFileSync("ip", ["link", "del", MACHINE]);
  execFileSync("umount", [mountPoint]);
  rmdirSync(mountPoint);
});

const ROWS: readonly TableDelta[] = [
  {
    kind: "settings",
    row: {
      localAddress: address("172.30.1.2"),
      underlayDevice: UNDERLAY,
      underlayMtuBytes: 1500,
      puntDevice: "",
      puntsPerSecond: 50,
      flowsPerInterface: 1000,
    },
  },
  {
    kind: "interface",
    row: {
      id: 1,
      device: MACHINE,
      vrf: 1,
      mac: 0x020000000001,
      nextHop: 1,
      network: 1,
      groupSet: 0,
      networkAcl: 0,
      ingressAcl: 0,
      egressAcl: 0,
      subnet: prefix("10.1.1.0/24"),
      mtuBytes: 1450,
      address: 0,
      gateway: 0,
      nameServer: 0,
    },
  },
];

function open(): DataPlane {
  return openEbpfDataPlane({ pinDirectory: join(mountPoint, "host"), logger: silentLogger });
}

/** Ids of the programs on a device. */
function programs(device: string): readonly number[] {
  const index = interfaceIndex(device);
  return index === undefined ? [] : listedPrograms(index);
}

test.skipIf(missing !== undefined)(
  named("a device carries one program, through batches and new agents, and none after destroy"),
  async () => {
    const forwardingBefore = readFileSync(FORWARDING, "utf8");
    const first = open();
    await first.apply(ROWS);
    const before = [MACHINE, UNDERLAY].map(programs);
    expect(before.map((ids) => ids.length)).toEqual([1, 1]);
    await first.apply(ROWS);
    expect([MACHINE, UNDERLAY].map(programs)).toEqual(before);
    await first.close();
    expect([MACHINE, UNDERLAY].map(programs)).toEqual(before);

    const second = open();
    await second.apply(ROWS);
    const after = [MACHINE, UNDERLAY].map(programs);
    expect(after.map((ids) => ids.length)).toEqual([1, 1]);
    expect(after.flat()).not.toContain(before[0]?.[0]);
    expect(readFileSync(FORWARDING, "utf8").trim()).toBe("1");
    await second.destroy();
    expect([MACHINE, UNDERLAY].map(programs)).toEqual([[], []]);
    expect(readFileSync(FORWARDING, "utf8")).toBe(forwardingBefore);
  },
);

test.skipIf(missing !== undefined)(named("a machine's device whose interface is gone stays filtered"), async () => {
  const plane = open();
  await plane.apply(ROWS);
  await plane.apply([{ kind: "interface-remove", id: 1 }]);
  expect(programs(MACHINE).length).toBe(1);
  await plane.destroy();
  expect(programs(MACHINE)).toEqual([]);
});

test.skipIf(missing !== undefined)(
  named("a device that passes to another interface in one batch is that interface's"),
  async () => {
    const plane = open();
    await plane.apply([machine(1)]);
    expect(await receivedBy(plane)).toEqual([1]);
    await plane.apply([machine(2), { kind: "interface-remove", id: 1 }]);
    expect(await receivedBy(plane)).toEqual([2]);
    await plane.destroy();
  },
);

test.skipIf(missing !== undefined)(
  named("a device that another interface has taken is not the former one's, nor lost when that goes"),
  async () => {
    const plane = open();
    await plane.apply([machine(1)]);
    expect(await receivedBy(plane)).toEqual([1]);
    await plane.apply([machine(2)]);
    expect(await receivedBy(plane)).toEqual([2]);
    await plane.apply([{ kind: "interface-remove", id: 1 }]);
    expect(await receivedBy(plane)).toEqual([2]);
    await plane.destroy();
  },
);

/** An interface of the same device. */
function machine(id: number): TableDelta {
  const row = ROWS.flatMap((delta) => (delta.kind === "interface" ? [delta.row] : []))[0];
  if (row === undefined) throw new Error("no interface row");
  return { kind: "interface", row: { ...row, id, nextHop: id } };
}

/** Sends a frame from the machine's end, and tells which interfaces counted it. */
async function receivedBy(plane: DataPlane): Promise<readonly number[]> {
  for (const device of [MACHINE, UNDERLAY]) execFileSync("ip", ["link", "set", device, "up"]);
  const before = await plane.interfaceCounters();
  const dropsBefore = (await plane.drops()).get("invalid_if") ?? 0;
  const socket = openPacketSocket(UNDERLAY);
  const counted = async (): Promise<readonly number[]> => {
    const counters = [...(await plane.interfaceCounters())];
    return counters.flatMap(([id, now]) => (now.receivedPackets > (before.get(id)?.receivedPackets ?? 0) ? [id] : []));
  };
  expect(socket?.send(new Uint8Array(60))).toBe(0);
  await vi.waitFor(async () => {
    const lost = ((await plane.drops()).get("invalid_if") ?? 0) - dropsBefore;
    expect((await counted()).length + lost).toBeGreaterThan(0);
  });
  socket?.close();
  return counted();
}
