import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { SystemLock } from "../supervisor/system-lock.ts";
import { noSystemText } from "./no-system.ts";

const directory = mkdtempSync(join(tmpdir(), "contrail-no-system-"));
afterAll(() => rmSync(directory, { recursive: true }));

test("who has no system is told how to start one, and where root's may be", () => {
  const lock = join(directory, "none.lock");
  expect(noSystemText({ lock }, false)).toBe("no system is running; start one by: npm start");
  expect(noSystemText({ lock }, true)).toMatch(/start one by: npm start \(root may have one: run the command as root/);
});

test("a system that starts or stops is told of, and one that was killed, with what removes what it left", async () => {
  const path = join(directory, "held.lock");
  const lock = new SystemLock(path);
  await lock.acquire();
  expect(noSystemText({ lock: path }, false)).toContain("starts or stops just now");
  lock.release();
  writeFileSync(path, "", { mode: 0o600 });
  expect(noSystemText({ lock: path }, false)).toMatch(/was killed has left .* contrail down/);
});
