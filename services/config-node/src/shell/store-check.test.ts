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

test("numbers that their object does not own are told, and put right where that is asked for", async () => {
  const directory = mkdtempSync(join(tmpdir(), "contrail-check-"));
  const store = await openSqliteStore(join(directory, "objects.db"));
  const graph = createGraph();
  const network = async (name: string, id: number): Promise<string> => {
    const properties = { virtual_network_network_id: id };
    const wanted = object(`00000000-0000-4000-8000-00000000000${name}`, name, { type: "virtual-network", properties });
    const written = await store.write(wanted, undefined);
    graph.apply({ kind: "upsert", object: written });
    return written.uuid;
  };
  const pool = { pool: "virtual-network-id", first: 1n, last: 99n };
  const [own, free, lost, twice] = [
    await network("1", 1),
    await network("2", 2),
    await network("3", 3),
    await network("4", 1),
  ];
  await store.allocate({ ...pool, owner: own, wanted: 1n });
  await store.allocate({ ...pool, owner: "00000000-0000-4000-8000-00000000dead", wanted: 3n });
  const double = `virtual-network ${twice}: its 1 (virtual-network-id) is virtual-network ${own}'s`;
  expect((await checkStore(store, graph, false)).problems).toEqual([
    expect.stringMatching(`${free}: its 2 .* is free to be given to another; .*--repair`),
    expect.stringMatching(`${lost}: its 3 .* is owned by .*dead, which does not exist; .*--repair`),
    expect.stringContaining(double),
  ]);
  const { problems, repaired } = await checkStore(store, graph, true);
  expect(problems).toEqual([expect.stringContaining(double)]);
  expect(repaired.map((text) => text.split(":")[0])).toEqual([free, lost].map((uuid) => `virtual-network ${uuid}`));
  expect(await store.allocations(pool.pool)).toEqual([
    { value: 1n, owner: own },
    { value: 2n, owner: free },
    { value: 3n, owner: lost },
  ]);
  await store.close();
  rmSync(directory, { recursive: true });
});

test("tells what the node does not serve, and what leads nowhere for it; an equal graph has no problem", async () => {
  const directory = mkdtempSync(join(tmpdir(), "contrail-check-"));
  const store = await openSqliteStore(join(directory, "objects.db"));
  const target = await store.write(object("00000000-0000-4000-8000-000000000001", "target"), undefined);
  const refs = [{ toType: "virtual-machine", toUuid: target.uuid, toFqName: target.fqName, attr: null }];
  const referrer = await store.write(object("00000000-0000-4000-8000-000000000002", "referrer", { refs }), undefined);
  const graph = createGraph();
  graph.apply({ kind: "upsert", object: referrer });
  expect((await checkStore(store, graph, false)).problems).toEqual([
    `virtual-machine ${target.uuid}: the node serves revision -1 of ${target.revision}`,
    `virtual-machine ${referrer.uuid}: its reference to virtual-machine ${target.uuid} leads to nothing`,
  ]);
  graph.apply({ kind: "upsert", object: target });
  expect(await checkStore(store, graph, false)).toEqual({ problems: [], repaired: [] });
  await store.close();
  rmSync(directory, { recursive: true });
});
