import { deepStrictEqual } from "node:assert/strict";
import type { BusCase } from "./contract-case.ts";
import { lastValues, numbers, record, takeAll } from "./records.ts";

/** Compaction, as far as a reader may rely on it. */
export const COMPACTION_CASES: readonly BusCase[] = [
  {
    name: "compaction keeps the last value of each key, its offset, and the high-water mark",
    compacts: true,
    async run({ bus, topic, compact }) {
      const name = topic("compact");
      for (const round of numbers(3)) {
        await bus.append(
          name,
          numbers(10).map((key) => record(`${key}`, `${round}`)),
        );
      }
      const [before, mark] = [await takeAll(bus, name), await bus.highWaterMark(name)];
      await compact(name);
      const after = await takeAll(bus, name);
      deepStrictEqual(await bus.highWaterMark(name), mark);
      deepStrictEqual(after.slice(-10), before.slice(-10));
      deepStrictEqual(lastValues(after), new Map(numbers(10).map((key) => [`${key}`, "2"])));
    },
  },
  {
    name: "a tombstone takes away what came before it, also for a reader that begins after compaction",
    compacts: true,
    async run({ bus, topic, compact }) {
      const name = topic("grave");
      await bus.append(name, [record("a", "1"), record("b", "1"), record("a", undefined)]);
      deepStrictEqual(lastValues(await takeAll(bus, name)), new Map([["b", "1"]]));
      await compact(name);
      deepStrictEqual(lastValues(await takeAll(bus, name)), new Map([["b", "1"]]));
      await bus.append(name, [record("a", "2")]);
      const both: readonly (readonly [string, string])[] = [
        ["b", "1"],
        ["a", "2"],
      ];
      deepStrictEqual(lastValues(await takeAll(bus, name)), new Map(both));
    },
  },
  {
    name: "a reader that begins where records were removed goes on with the next that is left",
    compacts: true,
    async run({ bus, topic, compact }) {
      const name = topic("hole");
      const first = await bus.append(
        name,
        numbers(20).map((index) => record("same", `${index}`)),
      );
      await compact(name);
      for (const offset of [first, first + 7n]) {
        const read = await takeAll(bus, name, offset);
        deepStrictEqual([read.at(-1)?.offset, read.at(-1)?.value], [first + 19n, "19"]);
      }
    },
  },
  {
    name: "appends and compactions at once lose no last value",
    compacts: true,
    async run({ bus, topic, compact }) {
      const name = topic("busy");
      const write = async (): Promise<void> => {
        for (const round of numbers(30)) {
          await bus.append(
            name,
            numbers(5).map((key) => record(`${key}`, `${round}`)),
          );
        }
      };
      const tidy = async (): Promise<void> => {
        for (const _ of numbers(5)) await compact(name);
      };
      await Promise.all([write(), tidy()]);
      const wanted = new Map(numbers(5).map((key) => [`${key}`, "29"]));
      deepStrictEqual(lastValues(await takeAll(bus, name)), wanted);
    },
  },
];
