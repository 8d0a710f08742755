import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "@contrail/runtime";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Store } from "./store.ts";

let directory: string;
let path: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "contrail-store-"));
  path = join(directory, "devcloud.db");
});

afterEach(() => rmSync(directory, { recursive: true }));

test("what was committed is there after the process is gone; the file is its owner's only", async () => {
  const store = new Store(path, systemClock);
  const root = store.make("domain", { name: "ROOT", parent: undefined });
  const acme = store.make("domain", { name: "acme", parent: root.uuid });
  store.change("domain", acme.uuid, { name: "acme2" });
  const gone = store.make("domain", { name: "gone", parent: root.uuid });
  store.drop("domain", gone.uuid);
  await store.commit();
  const again = new Store(path, systemClock); // The first one is left open, as a killed process leaves it.
  expect([...again.all("domain")].map(({ name, number }) => [name, number])).toEqual([
    ["ROOT", 1],
    ["acme2", 2],
  ]);
  expect(again.where("domain", "parent", root.uuid).map(({ name }) => name)).toEqual(["acme2"]);
  expect(again.make("domain", { name: "next", parent: root.uuid }).number).toBe(4);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  again.close();
  store.close();
});

test("an index follows a row through changes and its end", () => {
  const store = new Store(path, systemClock);
  const tag = store.make("tag", { key: "k", value: "v", resourceType: "Network", resource: "a", account: "x" });
  store.change("tag", tag.uuid, { resource: "b" });
  expect([store.where("tag", "resource", "a"), store.where("tag", "resource", "b").length]).toEqual([[], 1]);
  store.drop("tag", tag.uuid);
  expect(store.where("tag", "resource", "b")).toEqual([]);
  store.close();
});
