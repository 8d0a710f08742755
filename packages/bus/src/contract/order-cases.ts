import { deepStrictEqual } from "node:assert/strict";
import type { StoredBusRecord } from "../bus.ts";
import type { BusCase } from "./contract-case.ts";
import { bytes, distinct, numbered, numbers, record, take } from "./records.ts";

/** Order, offsets and bytes of what comes back. */
export const ORDER_CASES: readonly BusCase[] = [
  {
    name: "records come back in order with rising offsets",
    async run({ bus, topic }) {
      const name = topic("order");
      await bus.append(name, numbered(0, 500));
      await bus.append(name, numbered(500, 700));
      const read = await take(bus, name, 0n, 1_200);
      deepStrictEqual(distinct(read), numbers(1_200).map(String));
      deepStrictEqual(
        read.every(({ offset }, index) => offset > (read[index - 1]?.offset ?? -1n)),
        true,
      );
    },
  },
  {
    name: "an append tells the offset of its first record; the others follow it without a hole",
    async run({ bus, topic }) {
      const name = topic("first");
      const first = await bus.append(name, numbered(0, 3));
      const second = await bus.append(name, numbered(3, 2));
      deepStrictEqual(second >= first + 3n, true);
      const read = await take(bus, name, 0n, 5);
      const wanted = [first, first + 1n, first + 2n, second, second + 1n];
      deepStrictEqual(
        read.map(({ offset }) => offset),
        wanted,
      );
    },
  },
  {
    name: "concurrent appends lose nothing, keep each caller's order, and are not mixed",
    async run({ bus, topic }) {
      const name = topic("many");
      const callers = numbers(20).map(async (caller) => {
        for (const item of numbers(10)) {
          await bus.append(name, [record(`${caller}-${item}a`, "v"), record(`${caller}-${item}b`, "v")]);
        }
      });
      await Promise.all(callers);
      const keys = distinct(await take(bus, name, 0n, 400));
      deepStrictEqual(keys.length, 400);
      for (const caller of numbers(20)) {
        const own = keys.filter((key) => key.startsWith(`${caller}-`));
        deepStrictEqual(
          own,
          numbers(10).flatMap((item) => [`${caller}-${item}a`, `${caller}-${item}b`]),
        );
      }
      for (const [index, key] of keys.entries()) {
        if (key.endsWith("a")) deepStrictEqual(keys[index + 1], `${key.slice(0, -1)}b`);
      }
    },
  },
  {
    name: "keys and values are bytes, an empty value is not a tombstone, and 900,000 bytes are one record",
    async run({ bus, topic }) {
      const name = topic("bytes");
      const key = Uint8Array.from({ length: 256 }, (_, index) => index);
      const large = new Uint8Array(900_000).fill(7);
      await bus.append(name, [
        { key, value: new Uint8Array(0) },
        { key: bytes("t"), value: undefined },
        { key: bytes("l"), value: large },
      ]);
      const controller = new AbortController();
      const records: StoredBusRecord[] = [];
      for await (const batch of bus.read(name, 0n, controller.signal)) {
        records.push(...batch.records);
        if (records.length >= 3) controller.abort();
      }
      const [empty, tombstone, big] = records;
      deepStrictEqual([Uint8Array.from(empty?.key ?? []), empty?.value?.length], [key, 0]);
      deepStrictEqual([tombstone?.value, Buffer.compare(big?.value ?? new Uint8Array(0), large)], [undefined, 0]);
    },
  },
];
