import type { JsonObject } from "@contrail/schema";
import { beforeAll, describe, expect, test } from "vitest";
import { PROJECT, useNode } from "../../testing/running-node.ts";

const node = useNode();
const FIRST = { sequence: { major: 1, minor: 0 } };
const SECOND = { sequence: { major: 2, minor: 0 } };
let network = "";
let policy = "";

beforeAll(async () => {
  network = await node.create("virtual-network", [...PROJECT, "n"]);
  policy = await node.create("network-policy", [...PROJECT, "p"]);
});

function update(changes: object): object {
  return { type: "virtual-network", uuid: network, "ref-type": "network-policy", "ref-uuid": policy, ...changes };
}

async function references(): Promise<unknown[]> {
  const refs = ((await node.read("virtual-network", network)).network_policy_refs ?? []) as JsonObject[];
  return refs.map(({ uuid, attr }) => [uuid, attr]);
}

test("one reference is added, changed and deleted; the answer is the uuid", async () => {
  const added = await node.json("POST", "/ref-update", update({ operation: "ADD", attr: FIRST }));
  expect(added).toEqual({ uuid: network });
  expect(await references()).toEqual([[policy, FIRST]]);
  await node.json("POST", "/ref-update", update({ operation: "add", attr: SECOND }));
  expect(await references()).toEqual([[policy, SECOND]]);
  await node.json("POST", "/ref-update", update({ operation: "DELETE", attr: null }));
  expect(await references()).toEqual([]);
});

test("by name it does the same, and underscores are taken", async () => {
  const name = { "ref-uuid": null, "ref-fq-name": [...PROJECT, "p"], "ref-type": "network_policy" };
  await node.json("POST", "/ref-update", update({ ...name, operation: "ADD", attr: FIRST }));
  expect(await references()).toEqual([[policy, FIRST]]);
  await node.json("POST", "/ref-update", update({ ...name, operation: "DELETE" }));
  expect(await references()).toEqual([]);
});

test("adding what is there and deleting what is not costs nothing", async () => {
  await node.json("POST", "/ref-update", update({ operation: "ADD", attr: FIRST }));
  const end = await node.busEnd();
  await node.json("POST", "/ref-update", update({ operation: "ADD", attr: FIRST }));
  expect(await node.busEnd()).toBe(end);
  await node.json("POST", "/ref-update", update({ operation: "DELETE" }));
  const after = await node.busEnd();
  await node.json("POST", "/ref-update", update({ operation: "DELETE" }));
  expect(await node.busEnd()).toBe(after);
});

test("forty references added at once are all there", async () => {
  const names = Array.from({ length: 40 }, (_, index) => `many-${index}`);
  await Promise.all(names.map((name) => node.create("network-policy", [...PROJECT, name])));
  const body = (name: string) => update({ "ref-uuid": null, "ref-fq-name": [...PROJECT, name], operation: "ADD" });
  await Promise.all(names.map((name) => node.json("POST", "/ref-update", body(name))));
  expect(await references()).toHaveLength(40);
});

describe("is refused in the API's words", () => {
  test.each<[string, object, number, RegExp]>([
    ["no uuid", { uuid: null, operation: "ADD" }, 400, /^Bad Request: type\/uuid\/ref-type\/operation is null: \{/],
    ["no operation", { operation: null }, 400, /^Bad Request: type\/uuid\/ref-type\/operation is null/],
    ["another operation", { operation: "MOVE" }, 400, /^Bad Request: operation should be add or delete: MOVE/],
    [
      "no target",
      { "ref-uuid": null, operation: "ADD" },
      400,
      /^Bad Request: ref-uuid or ref-fq-name must be specified/,
    ],
    ["an unknown object", { uuid: "nobody", operation: "ADD" }, 404, /^No virtual-network object found for id nobody/],
    ["an unknown target", { "ref-uuid": "nobody", operation: "ADD" }, 400, /nobody does not exist/],
    ["an unknown type", { type: "colour", operation: "ADD" }, 404, /^Invalid Contrail resource type:'colour'/],
    ["a type that has no such link", { "ref-type": "domain", operation: "ADD" }, 400, /no references to domain/],
    ["a bad attribute", { operation: "ADD", attr: { colour: 1 } }, 400, /attr\.colour/],
  ])("%s", async (_what, changes, status, text) => {
    const answer = await node.call("POST", "/ref-update", update(changes));
    expect([answer.status, answer.text]).toEqual([status, expect.stringMatching(text)]);
  });
});
