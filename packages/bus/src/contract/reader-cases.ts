import { deepStrictEqual } from "node:assert/strict";
import type { BusCase } from "./contract-case.ts";
import { distinct, numbered, numbers, readUntil, record, take, takeAll } from "./records.ts";

/** Where readers start, how they are woken and end, and what marks say. */
export const READER_CASES: readonly BusCase[] = [
  {
    name: "a reader starts where it says, and one that starts at the end gets what is appended then",
    async run({ bus, topic }) {
      const name = topic("from");
      const first = await bus.append(name, numbered(0, 10));
      deepStrictEqual(distinct(await take(bus, name, first + 6n, 4)), ["6", "7", "8", "9"]);
      const reading = take(bus, name, await bus.highWaterMark(name), 1);
      await bus.append(name, [record("k", "v")]);
      deepStrictEqual(distinct(await reading), ["k"]);
    },
  },
  {
    name: "a reader of a topic that is made later is woken by the first append",
    async run({ bus, topic }) {
      const name = topic("follow");
      const reading = take(bus, name, 0n, 1);
      await bus.append(name, [record("k", "v")]);
      deepStrictEqual((await reading)[0]?.value, "v");
    },
  },
  {
    name: "three readers and a writer at once: each reader gets everything in order",
    async run({ bus, topic }) {
      const name = topic("readers");
      const readers = numbers(3).map(() => take(bus, name, 0n, 300));
      for (const round of numbers(30)) await bus.append(name, numbered(round * 10, 10));
      for (const read of await Promise.all(readers)) deepStrictEqual(distinct(read), numbers(300).map(String));
    },
  },
  {
    name: "a reader that stops in the middle holds up neither the writer nor other readers, and loses nothing",
    async run({ bus, topic }) {
      const name = topic("slow");
      const value = "x".repeat(10_000);
      const resume = Promise.withResolvers<void>();
      const seen: string[] = [];
      const slow = (async () => {
        const controller = new AbortController();
        for await (const batch of bus.read(name, 0n, controller.signal)) {
          await resume.promise;
          seen.push(...batch.records.map(({ key }) => new TextDecoder().decode(key)));
          if (seen.includes("399")) controller.abort();
        }
      })();
      for (const index of numbers(400)) await bus.append(name, [record(`${index}`, value)]);
      deepStrictEqual((await take(bus, name, 0n, 400)).length, 400);
      resume.resolve();
      await slow;
      deepStrictEqual([...new Set(seen)], numbers(400).map(String));
    },
  },
  {
    name: "a reader gets what is appended long before, though it is much larger than one message may be",
    async run({ bus, topic }) {
      const name = topic("large");
      const value = "x".repeat(1_000_000);
      for (const index of numbers(40)) await bus.append(name, [record(`${index}`, value)]);
      const read = await take(bus, name, 0n, 40);
      deepStrictEqual(distinct(read), numbers(40).map(String));
      deepStrictEqual(
        read.map((item) => item.value?.length ?? 0),
        Array<number>(40).fill(1_000_000),
      );
    },
  },
  {
    name: "the high-water mark is the offset after the last record, and 0 where nothing was appended",
    async run({ bus, topic }) {
      const name = topic("mark");
      deepStrictEqual(await bus.highWaterMark(name), 0n);
      const first = await bus.append(name, numbered(0, 3));
      deepStrictEqual(await bus.highWaterMark(name), first + 3n);
      deepStrictEqual(await bus.highWaterMark(topic("other")), 0n);
      deepStrictEqual((await takeAll(bus, name)).length, 3);
    },
  },
  {
    name: "a batch's mark is never below its own records",
    async run({ bus, topic }) {
      const name = topic("batches");
      for (const round of numbers(20)) await bus.append(name, numbered(round, 1));
      await readUntil(bus, name, 0n, (records, batch) => {
        const last = batch.records.at(-1)?.offset ?? -1n;
        deepStrictEqual(batch.highWaterMark > last, true);
        return records.length >= 20;
      });
    },
  },
  {
    name: "an aborted read ends, one that was aborted before does not begin, and others go on",
    async run({ bus, topic }) {
      const name = topic("abort");
      const controller = new AbortController();
      const drain = async (signal: AbortSignal): Promise<void> => {
        for await (const _batch of bus.read(name, 0n, signal));
      };
      const reading = drain(controller.signal);
      const other = take(bus, name, 0n, 1);
      controller.abort();
      await reading;
      await drain(AbortSignal.abort());
      await bus.append(name, [record("k", "v")]);
      deepStrictEqual((await other).length, 1);
    },
  },
];
