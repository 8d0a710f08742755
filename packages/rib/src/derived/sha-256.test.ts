import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { sha256 } from "./sha-256.ts";

const hex = (text: string): string => sha256(text).toString(16).padStart(64, "0");

test.each([
  ["", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
  ["abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
])("the hash of %j is that of the standard", (text, expected) => {
  expect(hex(text)).toBe(expected);
});

test("it agrees with the library's on every text", () => {
  const text = fc.string({ unit: "grapheme", maxLength: 300 });
  fc.assert(
    fc.property(text, (given) => {
      expect(hex(given)).toBe(createHash("sha256").update(given, "utf8").digest("hex"));
    }),
  );
});
