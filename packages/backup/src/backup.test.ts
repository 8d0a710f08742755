import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ConfigObject } from "@contrail/schema";
import type { ObjectStore } from "@contrail/store";
import { openSqliteStore } from "@contrail/store-sqlite";
import { afterEach, beforeEach, expect, test } from "vitest";
import { encodeBackup } from "./backup-file.ts";
import { readBackup } from "./read-backup.ts";
import { isRestoring, restoreBackup } from "./restore.ts";
import { takeSnapshot } from "./snapshot.ts";

let directory: string;
let opened: ObjectStore[];
let source: ObjectStore;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "contrail-backup-"));
  opened = [];
  source = await open("source");
});
afterEach(async () => {
  for (const store of opened) await store.close();
  rmSync(directory, { recursive: true });
});

async function open(name: string): Promise<ObjectStore> {
  const store = await openSqliteStore(join(directory, `${name}.db`));
  opened.push(store);
  return store;
}

const quiet = (): void => undefined;

async function backupOf(store: ObjectStore): Promise<readonly string[]> {
  const { lines, counts } = await takeSnapshot(store, quiet);
  return [...encodeBackup(lines, counts)];
}

async function* stream(lines: readonly string[]): AsyncGenerator<string, void, undefined> {
  yield* lines;
}

function network(uuid: string, more: Partial<ConfigObject> = {}): ConfigObject {
  const none = { parentType: undefined, parentUuid: undefined, revision: 0n, refs: [], derived: false, epoch: 0n };
  return { type: "virtual-network", uuid, fqName: ["d", "p", uuid], properties: {}, ...none, ...more };
}

/** Objects that refer to each other in a ring, a child before its parent by uuid, wide numbers, odd texts. */
async function fill(store: ObjectStore): Promise<void> {
  const parent = await store.write(
    network("n9", { properties: { b: 2n ** 63n, a: { y: [null, "ü\u2028\n"], x: 1 } } }),
    undefined,
  );
  const refs = [{ toType: "virtual-network", toUuid: "n9", toFqName: ["d", "p", "n9"], attr: { z: 1, a: null } }];
  await store.write(network("n1", { refs, parentType: "virtual-network", parentUuid: "n9" }), undefined);
  const back = [{ toType: "virtual-network", toUuid: "n1", toFqName: ["d", "p", "n1"], attr: null }];
  await store.write({ ...parent, refs: back }, parent.revision);
  await store.allocate({ pool: "ip:n9:10.0.0.0/8", owner: "n1", first: 1n, last: 2n ** 127n, fromEnd: true });
  await store.allocate({ pool: "ids", owner: "n9", first: 1n, last: 2n });
  await store.writeKey("useragent:k", '{"line":\n"feed"}');
  for (const kind of ["user", "key", "session"]) await store.swapRecord(kind, "a", undefined, `{"of":"${kind}"}`);
  const gone = await store.write(network("n5"), undefined);
  await store.remove("n5", gone.revision);
}

test("what is put back and saved again is the same, byte by byte, and what was there", async () => {
  await fill(source);
  const lines = await backupOf(source);
  const target = await open("target");
  const { counts } = await restoreBackup(target, () => stream(lines), quiet);
  expect(counts).toEqual({ objects: 2, allocations: 2, keys: 1, records: 2 });
  expect(await backupOf(target)).toEqual(lines);
  expect(await target.read("n9")).toEqual(await source.read("n9"));
  expect(await target.readRecord("user", "a")).toBe('{"of":"user"}');
  expect(await target.records("session")).toEqual([]);
  expect(await isRestoring(target)).toBe(false);
  expect(await target.outbox(10)).toHaveLength(2);
});

test("an empty store has a backup, too", async () => {
  const lines = await backupOf(source);
  const { counts } = await restoreBackup(await open("target"), () => stream(lines), quiet);
  expect(counts).toEqual({ objects: 0, allocations: 0, keys: 0, records: 0 });
});

test("nothing is written from a file that was cut off at any line, or changed at any place", async () => {
  await fill(source);
  const lines = await backupOf(source);
  const target = await open("target");
  const refused = (bad: readonly string[]) =>
    expect(
      restoreBackup(target, () => stream(bad), quiet),
      bad.join("\n"),
    ).rejects.toMatchObject({
      code: "backup.bad_request",
      message: expect.stringMatching(/^line [0-9]+: /),
    });
  for (let count = 0; count < lines.length; count++) await refused(lines.slice(0, count));
  for (const [index, line] of lines.entries()) {
    await refused(lines.toSpliced(index, 1));
    await refused(lines.toSpliced(index, 1, line.replace(/[a-z0-9]/, "#")));
    await refused(lines.toSpliced(index, 0, line));
    await refused(lines.toSpliced(index, 1, `${line}\u0000`));
  }
  await refused([...lines, "{}"]);
  expect(await backupOf(target)).toEqual(await backupOf(await open("empty")));
});

test("a store that holds something is not written to", async () => {
  await fill(source);
  const lines = await backupOf(source);
  for (const prepare of [
    (store: ObjectStore) => store.write(network("other"), undefined),
    (store: ObjectStore) => store.writeKey("k", "v"),
  ]) {
    const target = await open(`target${opened.length}`);
    await prepare(target);
    const before = await backupOf(target);
    await expect(restoreBackup(target, () => stream(lines), quiet)).rejects.toMatchObject({
      code: "backup.conflict",
      message: expect.stringContaining("not empty"),
    });
    expect(await backupOf(target)).toEqual(before);
  }
});

test("a restore that was interrupted says so, and ends well when it is made again with the same file only", async () => {
  await fill(source);
  const lines = await backupOf(source);
  const target = await open("target");
  let readings = 0;
  const breaking = async function* (): AsyncGenerator<string, void, undefined> {
    const isSecond = ++readings === 2;
    for (const [index, line] of lines.entries()) {
      if (isSecond && index === 4) throw new Error("the disk is gone");
      yield line;
    }
  };
  await expect(restoreBackup(target, breaking, quiet)).rejects.toThrow("the disk is gone");
  expect(await isRestoring(target)).toBe(true);
  const other = await backupOf(await open("empty"));
  await expect(restoreBackup(target, () => stream(other), quiet)).rejects.toMatchObject({ code: "backup.conflict" });
  await restoreBackup(target, () => stream(lines), quiet);
  expect(await backupOf(target)).toEqual(lines);
});

test("a snapshot is of one moment: a store that is written to is read again, and given up when that does not end", async () => {
  await fill(source);
  const changing = (changes: number): ObjectStore => {
    let count = 0;
    return new Proxy(source, {
      get(target, key) {
        if (key === "pools" && count++ < changes) {
          return async () => {
            await source.writeKey("count", String(count));
            return source.pools();
          };
        }
        const value = Reflect.get(target, key) as unknown;
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
  };
  const { lines } = await takeSnapshot(changing(3), quiet);
  expect(lines).toContain('{"key":{"name":"count","value":"3"}}');
  await expect(takeSnapshot(changing(1_000), quiet)).rejects.toMatchObject({ code: "backup.conflict" });
});

test("the version of the model is kept, and one that this version does not know is refused", async () => {
  await source.swapRecord("model", "floor", undefined, "1.0");
  const lines = await backupOf(source);
  const target = await open("target");
  await restoreBackup(target, () => stream(lines), quiet);
  expect(await target.readRecord("model", "floor")).toBe("1.0");
  for (const version of ["1.99", "2.0", "x"]) {
    const newer = await open(`newer${version}`);
    await newer.swapRecord("model", "floor", undefined, version);
    const written = await backupOf(newer);
    const message = `line 2: the backup is of version ${version} of the model, and this is 1.0: use the release that wrote it`;
    await expect(readBackup(stream(written), quiet)).rejects.toMatchObject({ message });
  }
});

test("types of another version, and references out of the file, are refused", async () => {
  await fill(source);
  const { lines, counts } = await takeSnapshot(source, quiet);
  const read = (changed: readonly string[]) => readBackup(stream([...encodeBackup(changed, counts)]), quiet);
  await expect(read(lines.map((line) => line.replaceAll("virtual-network", "virtual-netwerk")))).rejects.toThrow(
    "is no object type of this version",
  );
  await expect(read(lines.map((line) => line.replaceAll('"uuid":"n1"', '"uuid":"n2"')))).resolves.toBeDefined();
  await expect(read(lines.map((line) => line.replace(/"uuid":"n1"\}\}$/, '"uuid":"n2"}}')))).rejects.toThrow(
    "it refers to n1, which is not in the file",
  );
});
