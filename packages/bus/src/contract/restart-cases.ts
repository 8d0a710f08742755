import { deepStrictEqual } from "node:assert/strict";
import type { BusCase, BusFixture } from "./contract-case.ts";
import { distinct, numbered, numbers, readUntil, take, untilServed } from "./records.ts";

/** The server side goes away and comes back with its data. */
export const RESTART_CASES: readonly BusCase[] = [
  {
    name: "what was acknowledged is there after a restart, and a reader goes on",
    needsRestart: true,
    async run(fixture) {
      const { bus } = fixture;
      const name = fixture.topic("restart");
      await bus.append(name, numbered(0, 10));
      const reading = readUntil(bus, name, 0n, (records) => distinct(records).length >= 20);
      await restarted(fixture);
      await untilServed(() => bus.append(name, numbered(10, 10)));
      deepStrictEqual(distinct(await reading), numbers(20).map(String));
    },
  },
  {
    name: "offsets go on rising after a restart, and the high-water mark is the old one",
    needsRestart: true,
    async run(fixture) {
      const { bus } = fixture;
      const name = fixture.topic("marks");
      const first = await bus.append(name, numbered(0, 4));
      await restarted(fixture);
      deepStrictEqual(await untilServed(() => bus.highWaterMark(name)), first + 4n);
      deepStrictEqual((await untilServed(() => bus.append(name, numbered(4, 1)))) >= first + 4n, true);
      deepStrictEqual(distinct(await take(bus, name, 0n, 5)), numbers(5).map(String));
    },
  },
  {
    name: "a writer that tries again over three restarts loses nothing, and its order is kept",
    needsRestart: true,
    async run(fixture) {
      const { bus } = fixture;
      const name = fixture.topic("campaign");
      const writing = (async () => {
        for (const index of numbers(60)) await untilServed(() => bus.append(name, numbered(index, 1)));
      })();
      for (const _ of numbers(3)) await restarted(fixture);
      await writing;
      const read = await readUntil(bus, name, 0n, (records) => distinct(records).length >= 60);
      deepStrictEqual(distinct(read), numbers(60).map(String));
    },
  },
];

async function restarted({ restart }: BusFixture): Promise<void> {
  if (restart === undefined) throw new Error("this case needs a server side");
  await restart();
}
