import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ObjectStore, STORE_CONTRACT } from "@contrail/store";
import { expect, test } from "vitest";
import { openSqliteStore } from "./sqlite-store.ts";

test.each(STORE_CONTRACT.map((item) => [item.name, item] as const))("%s", async (_name, item) => {
  const directory = mkdtempSync(join(tmpdir(), "contrail-store-"));
  const path = join(directory, "objects.db");
  const opened: ObjectStore[] = [await openSqliteStore(path)];
  const [store] = opened;
  if (store === undefined) throw new Error("not opened");
  try {
    await item.run({
      store,
      async reopen() {
        await opened.at(-1)?.close();
        const again = await openSqliteStore(path);
        opened.push(again);
        return again;
      },
    });
  } finally {
    await opened.at(-1)?.close();
    rmSync(directory, { recursive: true });
  }
});

test("a file that is no database is refused", async () => {
  await expect(openSqliteStore("/proc/self/status")).rejects.toMatchObject({ code: "store.unavailable" });
});
