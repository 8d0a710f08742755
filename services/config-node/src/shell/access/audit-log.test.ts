import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import type { Logger } from "@contrail/observability";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { AuditRecord } from "../../core/access/audit-record.ts";
import { type AuditFile, AuditLog, type OpenFile } from "./audit-log.ts";

const DEADLINE = { timeout: 20_000, interval: 1 };

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

/** Opens files whose datasync waits until it is let go; counts what was written and synced. */
class HeldDisk {
  readonly writes: string[] = [];
  readonly held: PromiseWithResolvers<void>[] = [];

  readonly open: OpenFile = async (path, flags, mode) => {
    const handle = await open(path, flags, mode);
    const name = basename(path);
    return {
      appendFile: (data) => {
        this.writes.push(name);
        return handle.appendFile(data);
      },
      datasync: () => {
        const sync = Promise.withResolvers<void>();
        this.held.push(sync);
        return sync.promise;
      },
      stat: handle.stat.bind(handle) as AuditFile["stat"], // Its overloads are lost otherwise.
      close: () => handle.close(),
    };
  };
}

test("an answer waits for the disk, one sync for all that waited together; strangers' denials do not", async () => {
  const disk = new HeldDisk();
  const log = new AuditLog(directory, silent, { openFile: disk.open });
  const answered: string[] = [];
  const note = (id: string) => log.note(record(id)).then(() => answered.push(id));
  const first = note("1");
  await vi.waitFor(() => expect(disk.held).toHaveLength(1), DEADLINE);
  const others = ["2", "3", "4", "5"].map(note);
  await log.noteStranger(record("stranger"), 0);
  expect([answered, disk.writes]).toEqual([[], ["changes.log", "denials.log"]]);
  disk.held[0]?.resolve();
  await first;
  await vi.waitFor(() => expect(disk.held).toHaveLength(2), DEADLINE);
  expect([answered, idsIn("changes.log")]).toEqual([["1"], ["1", "2", "3", "4", "5"]]);
  disk.held[1]?.resolve();
  await Promise.all(others);
  await log.close();
  expect([answered.length, disk.held.length]).toEqual([5, 2]);
});

test("a disk that cannot sync loses the record loudly, and the next one is written", async () => {
  const lost: unknown[] = [];
  const logger = { ...silent, error: (_text: string, fields: unknown) => lost.push(fields) } as unknown as Logger; // As above.
  const disk = new HeldDisk();
  const log = new AuditLog(directory, logger, { openFile: disk.open });
  const first = log.note(record("1"));
  await vi.waitFor(() => expect(disk.held).toHaveLength(1), DEADLINE);
  disk.held[0]?.reject(new Error("no space left on device"));
  await first;
  expect(lost).toEqual([{ id: "1", reason: "no space left on device" }]);
  const second = log.note(record("2"));
  await vi.waitFor(() => expect(disk.held).toHaveLength(2), DEADLINE);
  disk.held[1]?.resolve();
  await second;
  await log.close();
  expect(lost).toHaveLength(1);
});
