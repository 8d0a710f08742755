import type { Bus, BusBatch, StoredBusRecord } from "@contrail/bus";
import { createGraph } from "@contrail/graph";
import { silentLogger } from "@contrail/observability";
import { systemClock } from "@contrail/runtime";
import type { ConfigObject } from "@contrail/schema";
import { configWire, toWireChange } from "@contrail/wire";
import { expect, test, vi } from "vitest";
import { readConfig } from "./config-reader.ts";

const DEADLINE = { timeout: 10_000, interval: 2 };

/** A bus whose batches come one by one, when the test lets them. */
class HandFedBus implements Bus {
  mark = 0n;
  failures = 0;
  #waiting: (BusBatch | undefined)[] = [];
  #wake: () => void = () => {};

  feed(records: readonly StoredBusRecord[], highWaterMark = this.mark, isGap = false): void {
    this.#waiting.push({ records, highWaterMark, isGap });
    this.#wake();
  }

  async *read(_topic: string, _from: bigint, signal: AbortSignal): AsyncIterable<BusBatch> {
    signal.addEventListener("abort", () => this.#wake());
    while (!signal.aborted) {
      const batch = this.#waiting.shift();
      if (batch !== undefined) yield batch;
      else await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  highWaterMark(): Promise<bigint> {
    if (this.failures-- > 0) return Promise.reject(new Error("not there yet"));
    return Promise.resolve(this.mark);
  }

  append(): Promise<bigint> {
    return Promise.reject(new Error("nobody writes here"));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

function record(offset: bigint, value?: Uint8Array): StoredBusRecord {
  const object: ConfigObject = {
    type: "virtual-network",
    uuid: `vn${offset}`,
    fqName: [`vn${offset}`],
    parentType: undefined,
    parentUuid: undefined,
    revision: offset + 1n,
    refs: [],
    properties: {},
    derived: false,
    epoch: 0n,
  };
  const encoded = configWire.ObjectChange.encode(toWireChange({ kind: "upsert", object })).finish();
  return { key: new Uint8Array(), offset, value: value ?? encoded };
}

function start(bus: HandFedBus) {
  const controller = new AbortController();
  const graph = createGraph();
  const events: string[] = [];
  let poisoned = 0;
  let gaps = 0;
  const reading = readConfig(
    {
      bus,
      graph,
      clock: systemClock,
      logger: silentLogger,
      poisoned: {
        add: (count: number) => {
          poisoned += count;
        },
      },
      gaps: {
        add: (count: number) => {
          gaps += count;
        },
      },
      onChange: ({ uuid }) => events.push(uuid),
      onSynchronized: () => events.push("complete"),
    },
    controller.signal,
  );
  const stop = async () => {
    controller.abort();
    await reading;
  };
  return { graph, events, poisoned: () => poisoned, gaps: () => gaps, reading, stop };
}

test("the configuration is complete when the mark of the start is passed, and not one record earlier", async () => {
  const bus = new HandFedBus();
  bus.mark = 3n;
  const { events, stop } = start(bus);
  bus.feed([record(0n), record(1n)], 9n);
  await vi.waitFor(() => expect(events).toEqual(["vn0", "vn1"]), DEADLINE);
  bus.feed([record(2n)], 9n);
  await vi.waitFor(() => expect(events).toEqual(["vn0", "vn1", "vn2", "complete"]), DEADLINE);
  bus.feed([record(3n)]);
  await vi.waitFor(() => expect(events.at(-1)).toBe("vn3"), DEADLINE);
  expect(events.filter((event) => event === "complete")).toHaveLength(1);
  await stop();
});

test("where compaction took the last records before the mark, an empty rest completes it", async () => {
  const bus = new HandFedBus();
  bus.mark = 5n;
  const { events, stop } = start(bus);
  bus.feed([record(1n)], 5n);
  await vi.waitFor(() => expect(events).toEqual(["vn1"]), DEADLINE);
  bus.feed([], 5n);
  await vi.waitFor(() => expect(events).toEqual(["vn1", "complete"]), DEADLINE);
  await stop();
});

test("an empty log is complete at once; a bus that is not there yet is waited for", async () => {
  const bus = new HandFedBus();
  bus.failures = 1;
  const { events, stop } = start(bus);
  expect(events).toEqual([]);
  await vi.waitFor(() => expect(events).toEqual(["complete"]), DEADLINE);
  await stop();
});

test("messages that cannot be read are counted and left out, and the log goes on", async () => {
  const bus = new HandFedBus();
  bus.mark = 5n;
  const { graph, events, poisoned, stop } = start(bus);
  const broken = configWire.ObjectChange.encode({
    change: {
      $case: "upsert",
      value: { ...configWire.Object.fromPartial({}), uuid: "x", type: "virtual-network", properties: Buffer.from("{") },
    },
  }).finish();
  bus.feed([
    record(0n, Uint8Array.of(0xff, 0xff, 0xff)),
    record(1n, broken),
    record(2n, new Uint8Array()),
    record(3n),
    record(4n),
  ]);
  await vi.waitFor(() => expect(events).toEqual(["vn3", "vn4", "complete"]), DEADLINE);
  expect([poisoned(), graph.size]).toEqual([2, 2]);
  await stop();
});

test("what a newer configuration node has written is taken, with what this version does not know", async () => {
  const bus = new HandFedBus();
  bus.mark = 2n;
  const { graph, events, poisoned, stop } = start(bus);
  const object = configWire.Object.fromPartial({
    type: "new-thing",
    uuid: "t",
    fqName: ["t"],
    revision: 1n,
    properties: Buffer.from('{"colour":"red"}'),
    refs: [{ toType: "virtual-network", toUuid: "vn1", toFqName: ["vn1"] }],
  });
  const known = configWire.ObjectChange.encode({ change: { $case: "upsert", value: object } }).finish();
  // Field 99 of the change, and a change of a kind that only newer nodes write: field 98.
  const field = [0x9a, 0x06, 0x01, 0x78];
  bus.feed([record(0n, Uint8Array.from([...known, ...field])), record(1n, Uint8Array.of(0x92, 0x06, 0x01, 0x78))]);
  await vi.waitFor(() => expect(events).toEqual(["t", "complete"]), DEADLINE);
  expect([graph.get("t")?.properties, poisoned()]).toEqual([{ colour: "red" }, 0]);
  await stop();
});

test("at a change of another major version reading ends: what was right until there stays", async () => {
  const bus = new HandFedBus();
  bus.mark = 3n;
  const { graph, events, poisoned, reading } = start(bus);
  const foreign = configWire.ObjectChange.encode({ modelMajor: 2, change: undefined }).finish();
  bus.feed([record(0n), record(1n, foreign), record(2n)]);
  await expect(reading).rejects.toMatchObject({
    code: "wire.precondition_failed",
    message: expect.stringContaining("install the release that has 2.0 on this node"),
  });
  expect([[...graph.ofType("virtual-network")].length, events, poisoned()]).toEqual([1, ["vn0"], 0]);
});

test("a log that begins anew is read anew: what is published again changes nothing, what is new comes, and it is counted", async () => {
  const bus = new HandFedBus();
  bus.mark = 9n;
  const { graph, events, gaps, stop } = start(bus);
  bus.feed([record(7n), record(8n)]);
  await vi.waitFor(() => expect(events).toEqual(["vn7", "vn8", "complete"]), DEADLINE);
  const again = record(7n).value;
  bus.feed([record(0n, again), record(1n)], 2n, true);
  await vi.waitFor(() => expect(events).toEqual(["vn7", "vn8", "complete", "vn1"]), DEADLINE);
  expect([gaps(), graph.size]).toEqual([1, 3]);
  await stop();
});
