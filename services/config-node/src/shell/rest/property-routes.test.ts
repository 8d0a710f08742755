import type { JsonObject } from "@contrail/schema";
import { describe, expect, test } from "vitest";
import { PROJECT, useNode } from "../../testing/running-node.ts";

const node = useNode();

async function update(uuid: string, ...updates: object[]) {
  return node.call("POST", "/prop-collection-update", { uuid, updates });
}

const pair = (key: string, value: string): object => ({ key, value });

test("elements of a map are set and deleted by their key", async () => {
  const uuid = await node.create("virtual-network", [...PROJECT, "map"]);
  const field = "annotations";
  await update(
    uuid,
    { field, operation: "set", value: pair("a", "1") },
    { field, operation: "set", value: pair("b", "1") },
  );
  await update(uuid, { field, operation: "set", value: pair("a", "2") });
  const got = await node.json("GET", `/prop-collection-get?uuid=${uuid}&fields=annotations`);
  expect(got).toEqual({
    annotations: [
      [pair("a", "2"), "a"],
      [pair("b", "1"), "b"],
    ],
  });
  await update(uuid, { field, operation: "delete", position: "a" });
  expect((await node.read("virtual-network", uuid)).annotations).toEqual({ key_value_pair: [pair("b", "1")] });
  const one = await node.json("GET", `/prop-collection-get?uuid=${uuid}&fields=annotations&position=b`);
  expect(one).toEqual({ annotations: [[pair("b", "1"), "b"]] });
});

test("elements of a list are added, modified and deleted by their position", async () => {
  const uuid = await node.create("address-group", ["default-policy-management", "group"], {
    parent_type: "policy-management",
  });
  const field = "address_group_prefix";
  const prefix = (ip_prefix: string): object => ({ ip_prefix, ip_prefix_len: 32 });
  const shown = async () => ((await node.read("address-group", uuid)).address_group_prefix as JsonObject).subnet;
  await update(
    uuid,
    ...["10.0.0.1", "10.0.0.2"].map((ip) => ({ field, operation: "add", value: prefix(ip), position: null })),
  );
  await update(uuid, { field, operation: "modify", position: 0, value: prefix("10.0.0.3") });
  expect(await shown()).toEqual([prefix("10.0.0.3"), prefix("10.0.0.2")]);
  await update(uuid, { field, operation: "delete", position: "0" });
  expect(await shown()).toEqual([prefix("10.0.0.2")]);
});

test("setting what is there costs nothing", async () => {
  const uuid = await node.create("virtual-network", [...PROJECT, "same"]);
  const set = { field: "annotations", operation: "set", value: pair("a", "1") };
  await update(uuid, set);
  const end = await node.busEnd();
  expect((await update(uuid, set)).status).toBe(200);
  expect(await node.busEnd()).toBe(end);
});

describe("is refused, and none of the call's updates is made", () => {
  const good = { field: "annotations", operation: "set", value: pair("good", "1") };
  test.each<[string, object, number, RegExp]>([
    ["a field that is no collection", { field: "mtu", operation: "set", value: 1 }, 400, /mtu is no list or map/],
    ["no field", { operation: "set" }, 400, /is no list or map/],
    ["an operation of lists", { field: "annotations", operation: "add", value: pair("x", "1") }, 400, /operation add/],
    ["a bad value", { field: "annotations", operation: "set", value: { key: 1 } }, 400, /annotations\.key/],
    ["no value", { field: "annotations", operation: "set" }, 400, /annotations/],
    ["an unknown key", { field: "annotations", operation: "delete", position: "no" }, 400, /position no/],
  ])("%s", async (what, bad, status, text) => {
    const uuid = await node.create("virtual-network", [...PROJECT, what]);
    const answer = await update(uuid, good, bad);
    expect([answer.status, answer.text]).toEqual([status, expect.stringMatching(text)]);
    expect(await node.read("virtual-network", uuid)).not.toHaveProperty("annotations");
  });

  test("an unknown object, and updates that are no list or too many", async () => {
    expect(await update("nobody")).toMatchObject({ status: 404, text: "Object Not Found: nobody" });
    const uuid = await node.create("virtual-network", [...PROJECT, "bounds"]);
    const none = await node.call("POST", "/prop-collection-update", { uuid });
    expect(none).toMatchObject({ status: 400, text: "Bad Request: updates must be a list" });
    const many = await update(uuid, ...Array.from({ length: 1_001 }, () => good));
    expect(many).toMatchObject({ status: 400, text: expect.stringContaining("at most 1000") });
  });
});

test("useragent-kv stores, gives back and deletes; an unknown key is a 404", async () => {
  const call = (body: object) => node.call("POST", "/useragent-kv", body);
  expect((await call({ operation: "STORE", key: "k", value: "v" })).status).toBe(200);
  expect(JSON.parse((await call({ operation: "RETRIEVE", key: "k" })).text)).toEqual({ value: "v" });
  expect((await call({ operation: "DELETE", key: "k" })).status).toBe(200);
  expect(await call({ operation: "RETRIEVE", key: "k" })).toMatchObject({
    status: 404,
    text: "Unknown User-Agent key k",
  });
  expect((await call({ operation: "LOSE", key: "k" })).status).toBe(400);
  expect((await call({ operation: "STORE" })).status).toBe(400);
});

test("useragent-kv without a key gives all notes, by key; a longest key is kept, and bad ones are refused", async () => {
  const call = (body: object) => node.call("POST", "/useragent-kv", body);
  const all = async () =>
    (JSON.parse((await call({ operation: "RETRIEVE", key: null })).text) as { value: unknown }).value;
  expect(await all()).toEqual([]);
  const longest = "k".repeat(1_024);
  for (const [key, value] of [
    ["b", "2"],
    ["a", ""],
    [longest, "3"],
  ]) {
    expect((await call({ operation: "STORE", key, value })).status).toBe(200);
  }
  expect(await all()).toEqual([
    { key: "a", value: "" },
    { key: "b", value: "2" },
    { key: longest, value: "3" },
  ]);
  expect(JSON.parse((await call({ operation: "RETRIEVE", key: "" })).text)).toEqual({ value: await all() });
  expect(JSON.parse((await call({ operation: "RETRIEVE", key: "a" })).text)).toEqual({ value: "" });
  expect((await call({ operation: "DELETE", key: "never there" })).status).toBe(200);
  const bad = [{ key: "k" }, { operation: "STORE", key: "" }, { operation: "DELETE", key: null }];
  const more = [
    { operation: "STORE", key: `${longest}k` },
    { operation: "STORE", key: "\ud800" },
    { operation: "RETRIEVE" },
  ];
  for (const body of [...bad, ...more, { operation: "STORE", key: "k", value: 1 }]) {
    expect((await call(body)).status, JSON.stringify(body).slice(0, 100)).toBe(400);
  }
  for (const key of ["a", "b", longest]) await call({ operation: "DELETE", key });
  expect(await all()).toEqual([]);
});

test("an object does not grow without end by what is added to it", async () => {
  const uuid = await node.create("virtual-network", [...PROJECT, "grows"]);
  const value = "x".repeat(500_000);
  const statuses: number[] = [];
  for (let index = 0; index < 9; index++) {
    const answer = await update(uuid, { field: "annotations", operation: "set", value: pair(`${index}`, value) });
    statuses.push(answer.status);
    if (answer.status !== 200) expect(answer.text).toMatch(/the virtual-network would have more than/);
  }
  expect(statuses).toEqual([200, 200, 200, 200, 200, 200, 200, 200, 400]);
  expect(await node.busEnd()).toBeGreaterThan(0n);
});
