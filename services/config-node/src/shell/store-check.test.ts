import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createGraph } from "@contrail/graph";
import type { ConfigObject } from "@contrail/schema";
import { openSqliteStore } from "@contrail/store-sqlite";
import { expect, test } from "vitest";
import { checkStore } from "./store-check.ts";

function object(uuid: string, name: string, more: Partial<ConfigObject> = {}): ConfigObject {
  const none = { parentType: undefined, parentUuid: undefined, revision: 0n, refs: [], properties: {} };
  return { type: "virtual-machine", uuid, fqName: [name], derived: false, epoch: 0n, ...none, ...more };
}

test("tells what the node does not serve, and what leads nowhere for it; an equal graph has no problem", async () => {
  const directory = mkdtempSync(join(tmpdir(), "contrail-check-"));
  const store = await openSqliteStore(join(directory, "objects.db"));
  const target = await store.write(object("00000000-0000-4000-8000-000000000001", "target"), undefined);
  const refs = [{ toType: "virtual-machine", toUuid: target.uuid, toFqName: target.fqName, attr: null }];
  const referrer = await store.write(object("00000000-0000-4000-8000-000000000002", "referrer", { refs }), undefined);
  const graph = createGraph();
  graph.apply({ kind: "upsert", object: referrer });
  expect(await checkStore(store, graph)).toEqual([
    `virtual-machine ${target.uuid}: the node serves revision -1 of ${target.revision}`,
    `virtual-machine ${referrer.uuid}: its reference to virtual-machine ${target.uuid} leads to nothing`,
  ]);
  graph.apply({ kind: "upsert", object: target });
  expect(await checkStore(store, graph)).toEqual([]);
  await store.close();
  rmSync(directory, { recursive: true });
});
