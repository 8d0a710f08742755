import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { readKeyFile, readSecretFile } from "./key-file.ts";

const directory = mkdtempSync(join(tmpdir(), "contrail-keys-"));
afterAll(() => rmSync(directory, { recursive: true }));

function written(text: string, mode = 0o600): string {
  const path = join(directory, "keys");
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

test.each([
  ["[cloudstack]\nendpoint = http://h/client/api\nkey = a-B_1\nsecret = s=t\n", "http://h/client/api"],
  ["[other]\nkey=x\nsecret=y\n[cloudstack]\r\nkey=a-B_1\r\nsecret=s=t\r\n", undefined],
  ["\n a-B_1 \nsecret-of-line\n", undefined],
])("keys of %j", (text, endpoint) => {
  const read = readKeyFile(written(text));
  expect(read.keys.apiKey).toBe("a-B_1");
  expect(read.keys.secretKey).toBe(text.includes("=") ? "s=t" : "secret-of-line");
  expect(read.endpoint).toBe(endpoint);
});

test.each([
  ["one-line-only", 0o600, /has no keys/],
  ["[cloudstack]\nkey=abc\n", 0o600, /has no keys/],
  ["a\nb\nc\n", 0o600, /has no keys/],
  ["a\nb\n", 0o644, /can be read by others; do: chmod 600/],
  ["a\n".repeat(40_000), 0o600, /larger than/],
])("%j with mode %o is refused", (text, mode, message) => {
  expect(() => readKeyFile(written(text, mode))).toThrow(message);
});

test("a secret is what its file holds; an empty file is none, and one that others can read is no secret", () => {
  expect(readSecretFile(written(" s3cret\n"))).toBe("s3cret");
  for (const nothing of ["", "\n", " \t\r\n"]) expect(() => readSecretFile(written(nothing))).toThrow(/has no secret/);
  expect(() => readSecretFile(written("s3cret\n", 0o640))).toThrow(/can be read by others; do: chmod 600/);
});

test("a file that is not there, or a directory, is refused", () => {
  expect(() => readKeyFile(join(directory, "none"))).toThrow(/ENOENT/);
  expect(() => readKeyFile(directory)).toThrow(/is no file/);
});
