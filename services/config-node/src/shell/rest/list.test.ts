import type { JsonObject } from "@contrail/schema";
import { beforeAll, describe, expect, test } from "vitest";
import { PROJECT, useNode } from "../../testing/running-node.ts";

const node = useNode();
const LISTED = ["default-domain", "listed"];
/** uuids by name of the networks that the tests list. */
const made = new Map<string, string>();
let project = "";

beforeAll(async () => {
  project = await node.create("project", LISTED);
  await node.create("network-policy", [...LISTED, "policy"]);
  for (const [index, name] of ["a", "b", "c", "d", "e"].entries()) {
    const more = {
      mtu: 1400 + (index % 2),
      router_external: index === 0,
      network_policy_refs: index < 2 ? [{ to: [...LISTED, "policy"] }] : [],
    };
    made.set(name, await node.create("virtual-network", [...LISTED, name], more));
  }
});

const uuidOf = (name: string): string => made.get(name) ?? "";

async function names(query: string): Promise<string[]> {
  const { "virtual-networks": list } = await node.json("GET", `/virtual-networks?${query}`);
  return (list as { fq_name: string[] }[]).map(({ fq_name }) => fq_name.at(-1) ?? "").sort();
}

const mine = `parent_fq_name_str=${LISTED.join(":")}`;

test("a plain list holds uuid, fq_name and href of each object", async () => {
  const { "virtual-networks": list } = await node.json("GET", `/virtual-networks?obj_uuids=${uuidOf("a")}`);
  const href = `${node.base}/virtual-network/${uuidOf("a")}`;
  expect(list).toEqual([{ uuid: uuidOf("a"), fq_name: [...LISTED, "a"], href }]);
  expect(await node.json("GET", `/virtual-networks?obj_uuids=${uuidOf("a")}&exclude_hrefs=True`)).toEqual({
    "virtual-networks": [{ uuid: uuidOf("a"), fq_name: [...LISTED, "a"] }],
  });
});

test("without parameters a list holds everything of the type", async () => {
  const { "virtual-networks": list } = await node.json("GET", "/virtual-networks");
  const listed = (list as { fq_name: string[] }[]).map(({ fq_name }) => fq_name.join(":"));
  const boot = ["ip-fabric", "__link_local__", "dci-network", "default-virtual-network"];
  expect(listed).toEqual(expect.arrayContaining(boot.map((name) => [...PROJECT, name].join(":"))));
  expect(listed).toHaveLength(boot.length + 5);
});

test("fields adds properties, references and children to a plain list", async () => {
  const { "virtual-networks": list } = await node.json(
    "GET",
    `/virtual-networks?obj_uuids=${uuidOf("a")}&fields=mtu,network_policy_refs,colour`,
  );
  const refs = [expect.objectContaining({ to: [...LISTED, "policy"] })];
  expect((list as JsonObject[])[0]).toMatchObject({ mtu: 1400, network_policy_refs: refs });
  expect(Object.keys((list as JsonObject[])[0] ?? {})).toHaveLength(5);
});

test("a detailed list holds whole objects, with children and back references where fields names them", async () => {
  const { "virtual-networks": list } = await node.json("GET", `/virtual-networks?detail=True&obj_uuids=${uuidOf("a")}`);
  const [shown] = (list as JsonObject[]).map((item) => item["virtual-network"] as JsonObject);
  expect(shown).toMatchObject({ uuid: uuidOf("a"), mtu: 1400, perms2: {}, id_perms: {}, network_policy_refs: [{}] });
  await node.busEnd();
  const { "virtual-networks": fuller } = await node.json(
    "GET",
    `/virtual-networks?detail=true&obj_uuids=${uuidOf("a")}&fields=routing_instances`,
  );
  expect(fuller).toMatchObject([
    { "virtual-network": { routing_instances: [{}], mtu: 1400, network_policy_refs: [{}] } },
  ]);
  const empty = await node.json("GET", `/virtual-networks?detail=true&obj_uuids=${uuidOf("a")}&fields=`);
  expect(empty["virtual-networks"]).toMatchObject([{ "virtual-network": { mtu: 1400, network_policy_refs: [{}] } }]);
});

test("count gives the number only", async () => {
  expect(await node.json("GET", `/virtual-networks?count=True&${mine}`)).toEqual({ "virtual-networks": { count: 5 } });
});

describe("chooses by", () => {
  test.each<[string, () => string, string[]]>([
    ["parent_id", () => `parent_id=${project}`, ["a", "b", "c", "d", "e"]],
    ["an unknown parent", () => "parent_id=00000000-0000-0000-0000-000000000000", []],
    ["parent_fq_name_str", () => mine, ["a", "b", "c", "d", "e"]],
    ["an unknown parent's name", () => "parent_fq_name_str=no:body", []],
    ["obj_uuids", () => `obj_uuids=${uuidOf("a")},${uuidOf("c").toUpperCase()},nobody`, ["a", "c"]],
    ["fq_names", () => `fq_names=${[...LISTED, "b"].join(":")},${[...LISTED, "d"].join(":")}`, ["b", "d"]],
    ["parent and name together", () => `parent_id=${project}&fq_names=${[...LISTED, "b"].join(":")}`, ["b"]],
    ["a filter on a number", () => `${mine}&filters=mtu==1401`, ["b", "d"]],
    ["a filter with two values", () => `${mine}&filters=mtu==1400,mtu==1401`, ["a", "b", "c", "d", "e"]],
    ["filters on two fields", () => `${mine}&filters=mtu==1400,router_external==true`, ["a"]],
    ["a filter on a text", () => `${mine}&filters=display_name=="c"`, ["c"]],
    ["a filter on a default", () => `${mine}&filters=port_security_enabled==true`, ["a", "b", "c", "d", "e"]],
    ["a filter that nothing matches", () => `${mine}&filters=mtu==1`, []],
    ["the last of a repeated parameter", () => `obj_uuids=${uuidOf("a")}&obj_uuids=${uuidOf("b")}`, ["b"]],
  ])("%s", async (_what, query, wanted) => {
    expect(await names(query())).toEqual(wanted);
  });

  test("back_ref_id", async () => {
    const found = await node.json("POST", "/fqname-to-id", { type: "network-policy", fq_name: [...LISTED, "policy"] });
    expect(await names(`back_ref_id=${String(found.uuid)}`)).toEqual(["a", "b"]);
  });
});

test("pages follow each other by marker, hold every object once, and end with null", async () => {
  const seen: string[] = [];
  let marker: unknown = "None";
  for (const size of [2, 2, 1]) {
    const page = await node.json("GET", `/virtual-networks?${mine}&page_limit=2&page_marker=${String(marker)}`);
    const list = page["virtual-networks"] as { uuid: string }[];
    expect(list).toHaveLength(size);
    seen.push(...list.map(({ uuid }) => uuid));
    marker = page.marker;
  }
  expect(marker).toBeNull();
  expect(new Set(seen)).toEqual(new Set(made.values()));
});

test("list-bulk-collection answers as the list does", async () => {
  const body = { type: "virtual-network", obj_uuids: [...made.values()], detail: true, fields: ["mtu"] };
  const { "virtual-networks": list } = await node.json("POST", "/list-bulk-collection", body);
  expect((list as JsonObject[]).map((item) => (item["virtual-network"] as JsonObject).mtu)).toHaveLength(5);
  const counted = { type: "virtual_network", parent_id: [project], count: true, filters: "mtu==1401" };
  expect(await node.json("POST", "/list-bulk-collection", counted)).toEqual({ "virtual-networks": { count: 2 } });
});

test("a list by as many names, uuids and values as a body holds is held against each object once", async () => {
  const type = "virtual-network";
  const uuids = Array.from(
    { length: 20_000 },
    (_, index) => `00000000-0000-4000-8000-${String(index).padStart(12, "0")}`,
  );
  const bodies: object[] = [
    { fq_names: [...Array(60_000).fill("d:p:none"), [...LISTED, "a"].join(":")] },
    { parent_id: [...uuids, project], fq_names: [[...LISTED, "a"].join(":")] },
    { filters: [...Array(60_000).fill("mtu==1"), 'fq_name==["default-domain","listed","a"]', "mtu==1400"].join() },
  ];
  for (const body of bodies) {
    const { "virtual-networks": list } = await node.json("POST", "/list-bulk-collection", { type, ...body });
    expect((list as { uuid: string }[]).map(({ uuid }) => uuid)).toEqual([uuidOf("a")]);
  }
  const filters = Array.from({ length: 101 }, (_, index) => `p${index}==null`).join();
  const answer = await node.call("POST", "/list-bulk-collection", { type, filters });
  expect([answer.status, answer.text]).toEqual([400, "Invalid filter of 101 properties: at most 100"]);
});

describe("is refused in the API's words", () => {
  test.each<[string, number, RegExp]>([
    ["/virtual-networks?filters=mtu", 400, /^Invalid filter mtu/],
    ["/virtual-networks?filters=mtu==[", 400, /^Invalid filter mtu==\[/],
    ["/virtual-networks?page_limit=0", 400, /^page_limit/],
    ["/virtual-networks?page_limit=many", 400, /^page_limit/],
    ["/colours", 404, /^Invalid Contrail resource type:'colour'/],
    ["/virtual-network", 404, /^Invalid Contrail resource type:'virtual-network/],
  ])("%s", async (path, status, text) => {
    const answer = await node.call("GET", path);
    expect([answer.status, answer.text]).toEqual([status, expect.stringMatching(text)]);
  });
});
