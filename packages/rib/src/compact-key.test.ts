import { expect, test } from "vitest";
import { compactKey, fromCompactKey, toCompactKey } from "./compact-key.ts";
import { prefixKey } from "./path.ts";

const ADDRESSES = [0, 1, 0x0a000001, 0x7fffffff, 0x80000000, 0xac1f0002, 0xffffffff];

test("a compact key stands for one prefix, and leads back to it", () => {
  const seen = new Map<number, number>();
  for (const address of ADDRESSES) {
    for (let length = 0; length <= 32; length++) {
      const key = prefixKey(address, length);
      const compact = compactKey(address, length);
      expect(toCompactKey(key)).toBe(compact);
      expect(fromCompactKey(compact)).toBe(key);
      expect(seen.has(compact)).toBe(false);
      seen.set(compact, key);
    }
  }
});

test("that of a host has 32 bits", () => {
  for (const address of ADDRESSES) expect(compactKey(address, 32) | 0).toBe(compactKey(address, 32));
});
