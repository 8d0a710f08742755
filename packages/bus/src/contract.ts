import type { Bus, BusBatch, BusRecord } from "./bus.ts";

/** A bus under test, which can be stopped and started again with its data. */
export interface BusFixture {
  readonly bus: Bus;
  /** Stops the server side and starts it again; the bus object goes on working. */
  restart(): Promise<void>;
  /** Makes compaction happen now. */
  compact(topic: string): Promise<void>;
}

/** One case of the contract; a failed expectation throws. */
export interface BusCase {
  readonly name: string;
  run(fixture: BusFixture): Promise<void>;
}

/** What every bus must do. Each case uses a topic of its own. */
export const BUS_CONTRACT: readonly BusCase[] = [
  {
    name: "records come back in order with rising offsets",
    async run({ bus }) {
      await bus.append("order", numbered(0, 500));
      await bus.append("order", numbered(500, 700));
      const read = await take(bus, "order", 0n, 1200);
      equal(read.map(({ key }) => key).join(), numbers(1200).join());
      if (read.some(({ offset }, index) => offset <= (read[index - 1]?.offset ?? -1n))) throw new Error("offsets fall");
    },
  },
  {
    name: "concurrent appends lose nothing and keep each caller's order",
    async run({ bus }) {
      const callers = numbers(20).map(async (caller) => {
        for (const item of numbers(10)) await bus.append("many", [record(`${caller}-${item}`, "v")]);
      });
      await Promise.all(callers);
      const keys = (await take(bus, "many", 0n, 200)).map(({ key }) => key);
      equal(new Set(keys).size, 200);
      for (const caller of numbers(20)) {
        const own = keys.filter((key) => key.startsWith(`${caller}-`));
        equal(
          own.join(),
          numbers(10)
            .map((item) => `${caller}-${item}`)
            .join(),
        );
      }
    },
  },
  {
    name: "a reader at the end is woken by an append",
    async run({ bus }) {
      const reading = take(bus, "follow", 0n, 1);
      await bus.append("follow", [record("k", "v")]);
      equal((await reading)[0]?.value, "v");
    },
  },
  {
    name: "the high-water mark is the offset after the last record",
    async run({ bus }) {
      equal(await bus.highWaterMark("mark"), 0n);
      const first = await bus.append("mark", numbered(0, 3));
      equal(await bus.highWaterMark("mark"), first + 3n);
    },
  },
  {
    name: "what was acknowledged is there after a restart, and a reader goes on",
    async run({ bus, restart }) {
      await bus.append("restart", numbered(0, 10));
      const reading = take(bus, "restart", 0n, 20);
      await restart();
      await retry(() => bus.append("restart", numbered(10, 10)));
      equal((await reading).map(({ key }) => key).join(), numbers(20).join());
    },
  },
  {
    name: "compaction keeps the last value of each key, and offsets",
    async run({ bus, compact }) {
      for (const round of numbers(3))
        await bus.append(
          "compact",
          numbers(10).map((key) => record(`${key}`, `${round}`)),
        );
      const mark = await bus.highWaterMark("compact");
      await compact("compact");
      equal(await bus.highWaterMark("compact"), mark);
      const read = await take(bus, "compact", 0n, 10);
      equal(
        read.map(({ value }) => value).join(),
        numbers(10)
          .map(() => "2")
          .join(),
      );
      equal(read[0]?.offset, mark - 10n);
    },
  },
  {
    name: "a tombstone has no value and replaces what came before it",
    async run({ bus, compact }) {
      await bus.append("grave", [record("a", "1"), record("b", "1"), { key: bytes("a"), value: undefined }]);
      await compact("grave");
      const read = await take(bus, "grave", 0n, 2);
      equal(read.map(({ key, value }) => `${key}=${value}`).join(), "b=1,a=undefined");
    },
  },
  {
    name: "an aborted read ends",
    async run({ bus }) {
      const controller = new AbortController();
      const reading = (async () => {
        for await (const _batch of bus.read("abort", 0n, controller.signal));
      })();
      controller.abort();
      await reading;
    },
  },
];

interface TextRecord {
  readonly offset: bigint;
  readonly key: string;
  readonly value: string | undefined;
}

async function take(bus: Bus, topic: string, fromOffset: bigint, count: number): Promise<readonly TextRecord[]> {
  const controller = new AbortController();
  const found: TextRecord[] = [];
  for await (const batch of bus.read(topic, fromOffset, controller.signal)) {
    found.push(...texts(batch));
    if (found.length >= count) controller.abort();
  }
  return found;
}

function texts(batch: BusBatch): TextRecord[] {
  return batch.records.map(({ offset, key, value }) => ({
    offset,
    key: text(key),
    value: value === undefined ? undefined : text(value),
  }));
}

/** A call during a restart may fail; it is made again. */
async function retry(run: () => Promise<unknown>): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      await run();
      return;
    } catch (reason) {
      if (attempt === 20) throw reason;
    }
  }
}

function numbered(from: number, count: number): BusRecord[] {
  return numbers(count).map((index) => record(`${from + index}`, "v"));
}

function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}

function record(key: string, value: string): BusRecord {
  return { key: bytes(key), value: bytes(value) };
}

function bytes(value: string): Uint8Array {
  return new TextEncoder().encode(value);
}

function text(value: Uint8Array): string {
  return new TextDecoder().decode(value);
}

function equal(found: unknown, wanted: unknown): void {
  if (found !== wanted) throw new Error(`found ${String(found)}, wanted ${String(wanted)}`);
}
