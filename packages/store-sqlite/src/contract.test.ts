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

test("uuids of the store are of version 7, in the order of the milliseconds in which they were made", async () => {
  const store = await openSqliteStore(":memory:");
  const first = store.newUuid();
  await new Promise((resolve) => setTimeout(resolve, 5));
  const second = store.newUuid();
  await store.close();
  for (const uuid of [first, second]) {
    expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  }
  expect(first < second).toBe(true);
});

test("a file that is no database is refused", async () => {
  await expect(openSqliteStore("/proc/self/status")).rejects.toMatchObject({ code: "store.unavailable" });
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
