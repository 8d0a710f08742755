import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { SystemLock } from "./system-lock.ts";

let directory: string;
let path: string;
let named: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "oct-lock-"));
  path = join(directory, "lock");
  named = join(directory, "named");
  mkdirSync(named);
  writeFileSync(path, JSON.stringify({ processes: [], directories: [named] }), { mode: 0o600 });
});

afterEach(() => rmSync(directory, { recursive: true }));

test("what a killed system's record names is removed by the next one", async () => {
  const lock = new SystemLock(path);
  await lock.acquire();
  expect(existsSync(named)).toBe(false);
  lock.release();
});

/** Only root can give a file away. */
const isRoot = process.geteuid?.() === 0;
const spoils: readonly (readonly [what: string, spoil: () => void])[] = [
  ["that others can write", () => chmodSync(path, 0o666)],
  ...(isRoot ? [["of another user", () => chownSync(path, 12_345, 12_345)] as const] : []),
];

test.each(spoils)("a record %s is not believed", async (_what, spoil) => {
  spoil();
  await expect(new SystemLock(path).acquire()).rejects.toMatchObject({ code: "supervisor.permission_denied" });
  expect(existsSync(named)).toBe(true);
});
