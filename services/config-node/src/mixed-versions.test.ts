import { type Bus, CONFIG_TOPIC } from "@contrail/bus";
import { createLocalBus, openLog } from "@contrail/bus-embedded";
import type { ConfigObject, JsonObject } from "@contrail/schema";
import { openSqliteStore } from "@contrail/store-sqlite";
import { configWire, fromWireChange } from "@contrail/wire";
import { expect, test } from "vitest";
import { PROJECT, useNode } from "./testing/running-node.ts";

/**
 * What a node of the next minor version has written: a property, a field of a complex type, an object type and a reference
 * that this version does not know.
 */
const node = useNode();
const THING = "11111111-2222-4333-8444-555555555555";

async function withNewerObjects(): Promise<string> {
  const uuid = await node.create("virtual-network", [...PROJECT, "n"], {
    virtual_network_properties: { rpf: "enable" },
  });
  const project = String((await node.read("virtual-network", uuid)).parent_uuid);
  await node.busEnd();
  await node.restart(async () => {
    const store = await openSqliteStore(node.database);
    const network = await store.read(uuid);
    if (network === undefined) throw new Error("the network is not in the store");
    const virtual_network_properties = { rpf: "enable", urpf: { mode: "loose" } };
    const properties = { ...network.properties, mtu_v6: 18446744073709551615n, virtual_network_properties };
    const written = await store.write({ ...network, properties }, network.revision);
    await store.write(newThing(project, written), undefined);
    await store.close();
  });
  return uuid;
}

function newThing(project: string, network: ConfigObject): ConfigObject {
  const ref = { toType: network.type, toUuid: network.uuid, toFqName: network.fqName, attr: { strength: 3 } };
  return {
    type: "new-thing",
    uuid: THING,
    fqName: [...PROJECT, "thing"],
    parentType: "project",
    parentUuid: project,
    revision: 0n,
    refs: [ref],
    properties: {
      display_name: "thing",
      id_perms: {},
      perms2: { owner: "cloud-admin", owner_access: 7 },
      colour: "red",
    },
    derived: false,
    epoch: 0n,
  };
}

async function onBus(): Promise<Map<string, ConfigObject>> {
  const found = new Map<string, ConfigObject>();
  const end = await node.busEnd();
  await node.restart(async () => {
    const log = await openLog(node.log);
    const bus: Bus = createLocalBus(log);
    const read = new AbortController();
    for await (const { records } of bus.read(CONFIG_TOPIC, 0n, read.signal)) {
      for (const { value, offset } of records) {
        const change = fromWireChange(configWire.ObjectChange.decode(value ?? new Uint8Array()));
        if (change?.kind === "upsert") found.set(change.object.uuid, change.object);
        if (offset >= end - 1n) read.abort();
      }
    }
    await bus.close();
  });
  return found;
}

test("a node keeps what a newer one has written: served, published, and untouched by its own changes", async () => {
  const uuid = await withNewerObjects();
  const shown = await node.read("virtual-network", uuid);
  expect(shown).toMatchObject({
    mtu_v6: 18446744073709551615n,
    virtual_network_properties: { rpf: "enable", urpf: { mode: "loose" } },
    new_thing_back_refs: [{ uuid: THING, to: [...PROJECT, "thing"], attr: { strength: 3 } }],
  });
  expect((await node.update("virtual-network", uuid, { display_name: "renamed" })).status).toBe(200);
  expect(await node.read("virtual-network", uuid)).toMatchObject({ display_name: "renamed", mtu_v6: shown.mtu_v6 });

  const published = await onBus();
  expect(published.get(uuid)?.properties).toMatchObject({ display_name: "renamed", mtu_v6: 18446744073709551615n });
  expect(published.get(THING)).toMatchObject({ type: "new-thing", properties: { colour: "red" } });

  const project = await node.read("project", String(shown.parent_uuid));
  expect(project.new_things).toMatchObject([{ uuid: THING }]);
  expect((await node.call("GET", "/new-things")).status).toBe(404);
  expect((await node.call("GET", `/new-thing/${THING}`)).status).toBe(404);
  expect(await node.json("POST", "/id-to-fqname", { uuid: THING })).toMatchObject({ type: "new-thing" });
  const refused = await node.remove("virtual-network", uuid);
  expect([refused.status, refused.text]).toEqual([409, expect.stringContaining("still referred")]);
  const networks = (await node.json("GET", "/virtual-networks?detail=True"))["virtual-networks"] as JsonObject[];
  expect(networks.some((each) => (each["virtual-network"] as JsonObject).uuid === uuid)).toBe(true);
  expect(await node.status()).toMatchObject({ model: { own: "1.0", floor: "1.0" } });
});

test("a store that nodes of a newer version have made theirs is not served", async () => {
  const start = node.restart(async () => {
    const store = await openSqliteStore(node.database);
    await store.swapRecord("model", "floor", "1.0", "1.1");
    await store.close();
  });
  await expect(start).rejects.toThrow(
    "the store holds version 1.1 of the model, this node knows 1.0: install the release",
  );
  const store = await openSqliteStore(node.database);
  expect(await store.readRecord("model", "floor")).toBe("1.1");
  await store.close();
});
