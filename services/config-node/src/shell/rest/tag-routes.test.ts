import type { JsonObject } from "@contrail/schema";
import { beforeAll, describe, expect, test } from "vitest";
import { PROJECT, textsOf, useNode } from "../../testing/running-node.ts";

const node = useNode();
let network = "";

beforeAll(async () => {
  network = await node.create("virtual-network", [...PROJECT, "tagged"]);
  for (const name of ["application=hr", "application=it"]) await node.create("tag", [name], tag(name));
  for (const name of ["tier=web", "label=blue", "label=grey", "label=red"]) {
    await node.create("tag", [...PROJECT, name], { parent_type: "project", ...tag(name) });
  }
});

function tag(name: string): object {
  const [tag_type_name, tag_value] = name.split("=");
  return { tag_type_name, tag_value };
}

const set = (tags: object) =>
  node.call("POST", "/set-tag", { obj_type: "virtual_network", obj_uuid: network, ...tags });

async function tags(): Promise<string[]> {
  const refs = ((await node.read("virtual-network", network)).tag_refs ?? []) as JsonObject[];
  return refs.map(({ to }) => textsOf(to).join(":")).sort();
}

const inProject = (name: string): string => [...PROJECT, name].join(":");

test("a tag of a type that may stand once replaces the one before; null takes it away", async () => {
  expect(await set({ application: { is_global: true, value: "hr" } })).toMatchObject({ status: 200, text: "{}" });
  expect(await tags()).toEqual(["application=hr"]);
  await set({ application: { is_global: true, value: "it" }, tier: { value: "web" } });
  expect(await tags()).toEqual(["application=it", inProject("tier=web")]);
  const end = await node.busEnd();
  await set({ application: { is_global: true, value: "it" } });
  expect(await node.busEnd()).toBe(end);
  await set({ application: null, Tier: null });
  expect(await tags()).toEqual([]);
});

test("labels may stand several times: they are added and deleted by their values", async () => {
  await set({ label: { value: "red" } });
  await set({ label: { add_values: ["blue", "grey", "blue"], delete_values: ["red", "green"] } });
  expect(await tags()).toEqual([inProject("label=blue"), inProject("label=grey")]);
  await set({ label: { is_global: false, value: "red" } });
  expect(await tags()).toHaveLength(3);
  await set({ label: null });
  expect(await tags()).toEqual([]);
});

test("an object that is no child of a project has its owner's tags, where a project owns it", async () => {
  const { uuid: owner } = await node.json("POST", "/fqname-to-id", { type: "project", fq_name: PROJECT });
  const body = { obj_type: "virtual-machine", tier: { value: "web" } };
  const free = await node.create("virtual-machine", ["free"]);
  const refused = await node.call("POST", "/set-tag", { ...body, obj_uuid: free });
  expect(refused).toMatchObject({ status: 404, text: "Not able to determine the scope of the tag 'tier=web'" });
  await node.json("POST", "/chown", { uuid: free, owner: String(owner).replaceAll("-", "") });
  await node.json("POST", "/set-tag", { ...body, obj_uuid: free });
  expect(await node.read("virtual-machine", free)).toMatchObject({ tag_refs: [{ to: [...PROJECT, "tier=web"] }] });
});

test("a tag has a number made of its type's and its value's, and refers to its type", async () => {
  const read = async (name: string) => {
    const { uuid } = await node.json("POST", "/fqname-to-id", { type: "tag", fq_name: [name] });
    return node.read("tag", String(uuid));
  };
  const [hr, it] = [await read("application=hr"), await read("application=it")];
  expect(hr).toMatchObject({
    tag_id: expect.stringMatching(/^0x0001[0-9a-f]{4}$/),
    tag_type_refs: [{ to: ["application"] }],
  });
  expect(it.tag_id).not.toBe(hr.tag_id);
  const made = await node.create("tag", ["colour=green"], { tag_id: "0x00000001" });
  expect(await node.read("tag", made)).toMatchObject({
    tag_id: "0x01000001",
    tag_type_name: "colour",
    tag_value: "green",
    tag_type_refs: [{ to: ["colour"] }],
  });
  const type = await node.create("tag-type", ["shape"], { tag_type_id: "0x0000" });
  expect(await node.read("tag-type", type)).toMatchObject({ tag_type_id: "0x0101" });
});

test("a tag that is refused leaves no type behind", async () => {
  const bad = { tag: { fq_name: ["no", "where", "size=big"], parent_type: "project" } };
  expect((await node.call("POST", "/tags", bad)).status).toBe(400);
  const type = { type: "tag-type", fq_name: ["size"] };
  expect((await node.call("POST", "/fqname-to-id", type)).status).toBe(404);
});

describe("is refused, and nothing changes", () => {
  test.each<[string, object, number, RegExp]>([
    ["an unknown tag", { tier: { value: "db" } }, 404, /^Tag with FQName \['default-domain', .*'tier=db'\] not found$/],
    [
      "several values of one type",
      { tier: { add_values: ["web"] } },
      400,
      /^Tag type tier cannot be set multiple times/,
    ],
    ["no value", { tier: {} }, 400, /^No valid value provided for tag type tier/],
    ["a value that is none", { tier: { value: ["web"] } }, 400, /^No valid value provided/],
    ["what is no object", { tier: "web" }, 400, /^tier: an object or null/],
    ["values that are no list", { label: { add_values: "web" } }, 400, /^label\.add_values/],
    ["values that are no texts", { label: { add_values: [1] } }, 400, /^label\.add_values/],
    ["no object", { obj_uuid: null }, 400, /^Bad Request: obj_type and obj_uuid/],
    ["an unknown object", { obj_uuid: "nobody" }, 404, /nobody/],
    ["an unknown type", { obj_type: "colour" }, 404, /^Invalid Contrail resource type:'colour'/],
  ])("%s", async (_what, body, status, text) => {
    const answer = await set({ application: { is_global: true, value: "hr" }, ...body });
    expect([answer.status, answer.text]).toEqual([status, expect.stringMatching(text)]);
    expect(await tags()).toEqual([]);
  });

  test("any tag but a label on an address-group", async () => {
    const fqName = ["default-policy-management", "hosts"];
    const uuid = await node.create("address-group", fqName, { parent_type: "policy-management" });
    const body = { obj_type: "address-group", obj_uuid: uuid, application: { is_global: true, value: "hr" } };
    const text = "Invalid tag type application for object type address_group";
    expect(await node.call("POST", "/set-tag", body)).toMatchObject({ status: 400, text });
  });
});

describe("security-policy-draft says that there are no drafts", () => {
  test.each<[object, number, RegExp]>([
    [{ action: "commit" }, 400, /^Security policy draft mode is not supported: changes in virtual-network /],
    [{ action: "discard" }, 400, /^Security policy draft mode is not supported/],
    [{ action: "keep" }, 400, /^Only 'commit' or 'discard'/],
    [{ action: "commit", scope_uuid: null }, 400, /scope_uuid is missing/],
    [{ action: "commit", scope_uuid: "nobody" }, 404, /nobody/],
  ])("%j", async (body, status, text) => {
    const answer = await node.call("POST", "/security-policy-draft", { scope_uuid: network, ...body });
    expect([answer.status, answer.text]).toEqual([status, expect.stringMatching(text)]);
  });
});
