import { inetPrefix, inetPrefixContains } from "@contrail/net";
import fc from "fast-check";
import { expect, test } from "vitest";
import { PrefixTable } from "./prefix-table.ts";

const address = fc.nat({ max: 15 }).map((low) => (0x0a000000 + low * 0x00100001) >>> 0);
const prefix = fc.tuple(address, fc.nat({ max: 32 })).map(([value, length]) => inetPrefix(value, length));

test("the longest prefix wins, after any sequence of sets and deletes", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(prefix, fc.boolean()), { maxLength: 60 }), address, (changes, asked) => {
      const table = new PrefixTable<string>();
      const plain = new Map<string, (typeof changes)[number][0]>();
      for (const [item, remove] of changes) {
        const name = `${item.address}/${item.length}`;
        if (remove) {
          table.delete(item);
          plain.delete(name);
        } else {
          table.set(item, name);
          plain.set(name, item);
        }
      }
      const holding = [...plain].filter(([, item]) => inetPrefixContains(item, asked));
      const [best] = holding.sort(([, a], [, b]) => b.length - a.length);
      expect(table.longest(asked)).toBe(best?.[0]);
    }),
  );
});
