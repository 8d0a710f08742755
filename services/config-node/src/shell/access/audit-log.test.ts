import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Logger } from "@contrail/observability";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { AuditRecord } from "../../core/access/audit-record.ts";
import { AuditLog } from "./audit-log.ts";

const silent = { debug() {}, info() {}, warn() {}, error() {} } as unknown as Logger; // As far as it is used.
let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "contrail-audit-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

const record = (id: string): AuditRecord => ({
  time: "2026-01-01T00:00:00.000Z",
  node: "config",
  id,
  who: "somebody",
  from: "unix",
  what: "POST /virtual-networks",
  result: "done",
  status: 200,
});
const idsIn = (name: string) =>
  readFileSync(join(directory, name), "utf8")
    .trim()
    .split("\n")
    .map((line) => (JSON.parse(line) as AuditRecord).id);

test("a record is in the file when note resolves, also after a new start, and nobody else reads it", async () => {
  const log = new AuditLog(directory, silent);
  await log.note(record("1"));
  expect(idsIn("changes.log")).toEqual(["1"]);
  await Promise.all(["2", "3", "4"].map((id) => log.note(record(id))));
  await log.close();
  const again = new AuditLog(directory, silent);
  await again.note(record("5"));
  await again.close();
  expect(idsIn("changes.log")).toEqual(["1", "2", "3", "4", "5"]);
  expect(statSync(join(directory, "changes.log")).mode & 0o777).toBe(0o600);
});

test("full files are turned over under rising numbers, the oldest go, and no record is in two", async () => {
  const log = new AuditLog(directory, silent, { fileBytes: 1_000, keptFiles: 3 });
  for (let index = 0; index < 60; index++) await log.note(record(String(index)));
  await log.close();
  const names = readdirSync(directory).filter((name) => /^changes\.log\.\d+$/.test(name));
  const numbers = names.map((name) => Number(name.split(".").at(-1))).sort((a, b) => a - b);
  expect(numbers).toHaveLength(3);
  const kept = numbers.flatMap((number) => idsIn(`changes.log.${number}`)).map(Number);
  expect(kept).toEqual(kept.map((_, index) => (kept[0] ?? 0) + index));
});

test("a flood of strangers is left out and counted, and does not push out what others did", async () => {
  const log = new AuditLog(directory, silent);
  await log.note(record("change"));
  for (let index = 0; index < 1_000; index++) await log.noteStranger(record(`s${index}`), 0);
  await log.noteStranger(record("later"), 60_000);
  await log.close();
  expect(idsIn("changes.log")).toEqual(["change"]);
  const lines = readFileSync(join(directory, "denials.log"), "utf8").trim().split("\n");
  expect(lines).toHaveLength(101);
  expect(JSON.parse(lines.at(-1) ?? "")).toMatchObject({ id: "later", left_out: 900 });
});
