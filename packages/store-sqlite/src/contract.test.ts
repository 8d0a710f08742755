import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type ObjectStore, STORE_CONTRACT } from "@contrail/store";
import { expect, test } from "vitest";
import { openSqliteStore } from "./sqlite-store.ts";

test.each(STORE_CONTRACT.map((item) => [item.name, item] as const))("%s", async (_name, item) => {
  const directory = mkdtempSync(join(tmpdir(), "contrail-store-"));
  const opened: ObjectStore[] = [];
  // A store that is not closed is one whose process is gone: its connection holds nothing that is not on disk.
  const open = async (): Promise<ObjectStore> => {
    const store = await openSqliteStore(join(directory, "objects.db"));
    opened.push(store);
    return store;
  };
  try {
    await item.run({ store: await open(), reopen: open, peer: open });
  } finally {
    for (const store of opened) await store.close();
    rmSync(directory, { recursive: true });
  }
});

test("a file that is no database is refused", async () => {
  await expect(openSqliteStore("/proc/self/status")).rejects.toMatchObject({ code: "store.unavailable" });
});

test("a file of a version with objects in the order of uuids is taken, with what it holds", async () => {
  const directory = mkdtempSync(join(tmpdir(), "contrail-store-"));
  const path = join(directory, "objects.db");
  const old = new DatabaseSync(path);
  old.exec(`
    CREATE TABLE object (
      uuid TEXT PRIMARY KEY, type TEXT NOT NULL, fq_name TEXT NOT NULL, parent_type TEXT, parent_uuid TEXT,
      revision INTEGER NOT NULL, refs TEXT NOT NULL, properties TEXT NOT NULL,
      derived INTEGER NOT NULL, epoch INTEGER NOT NULL) WITHOUT ROWID;
    CREATE UNIQUE INDEX object_by_name ON object (type, fq_name);
    CREATE INDEX object_by_parent ON object (parent_uuid) WHERE parent_uuid IS NOT NULL;
    CREATE TABLE reference (
      from_uuid TEXT NOT NULL, to_uuid TEXT NOT NULL, PRIMARY KEY (from_uuid, to_uuid)) WITHOUT ROWID;
    CREATE INDEX reference_by_target ON reference (to_uuid);
    CREATE TABLE outbox (
      position INTEGER PRIMARY KEY AUTOINCREMENT, uuid TEXT NOT NULL UNIQUE, revision INTEGER NOT NULL);
    INSERT INTO object VALUES ('b', 't', '["b"]', NULL, NULL, 3, '[]', '{"x":1}', 0, 0);
    INSERT INTO object VALUES ('a', 't', '["b","a"]', 't', 'b', 4, '[{"toType":"t","toUuid":"b","toFqName":["b"],"attr":null}]', '{}', 1, 7);
    INSERT INTO object VALUES ('c', 't', '["c"]', NULL, NULL, 1, '[]', '{}', 0, 0);
    INSERT INTO reference VALUES ('a', 'b'), ('c', 'b');
    INSERT INTO outbox (uuid, revision) VALUES ('a', 4);`);
  // A node of that release is at work on it.
  old.exec("PRAGMA journal_mode = WAL; SELECT * FROM object");
  await expect(openSqliteStore(path)).rejects.toThrow(/earlier release.*stop it first/);
  old.close();
  for (let opened = 0; opened < 2; opened++) {
    const store = await openSqliteStore(path);
    const found = [];
    for await (const object of store.all()) found.push(object);
    expect(found).toMatchObject([
      {
        uuid: "a",
        fqName: ["b", "a"],
        parentUuid: "b",
        revision: 4n,
        refs: [{ toUuid: "b" }],
        derived: true,
        epoch: 7n,
      },
      { uuid: "b", fqName: ["b"], parentUuid: undefined, revision: 3n, properties: { x: 1 }, derived: false },
      { uuid: "c" },
    ]);
    expect(await store.outbox(9)).toEqual([{ uuid: "a", revision: 4n }]);
    const refusals = [
      [["c"], "store.children_conflict"],
      [["a"], "store.referred_conflict"],
    ] as const;
    for (const [besides, code] of refusals) {
      await expect(store.remove("b", 3n, { besides: new Set(besides) })).rejects.toMatchObject({ code });
    }
    await store.close();
  }
  rmSync(directory, { recursive: true });
});

test("a file of a version that did not date claims is taken, with what it holds", async () => {
  const directory = mkdtempSync(join(tmpdir(), "contrail-store-"));
  const path = join(directory, "objects.db");
  const old = new DatabaseSync(path);
  old.exec(
    "CREATE TABLE allocation (pool TEXT NOT NULL, value TEXT NOT NULL, owner TEXT NOT NULL, PRIMARY KEY (pool, value))",
  );
  old.exec("INSERT INTO allocation VALUES ('p', '1', 'o')");
  old.close();
  const store = await openSqliteStore(path);
  expect(await store.allocate({ pool: "p", owner: "x", first: 1n, last: 2n })).toBe(2n);
  expect(await store.sweepAllocations(60_000)).toBe(1);
  await store.close();
  rmSync(directory, { recursive: true });
});
