import { describe, expect, test } from "vitest";
import { PROJECT, useNode } from "../../testing/running-node.ts";

const node = useNode();

test("a name gives its uuid and a uuid its name and type, for types in either spelling", async () => {
  const uuid = await node.create("virtual-network", [...PROJECT, "named"]);
  for (const type of ["virtual-network", "virtual_network"]) {
    expect(await node.json("POST", "/fqname-to-id", { type, fq_name: [...PROJECT, "named"] })).toEqual({ uuid });
  }
  const named = { fq_name: [...PROJECT, "named"], type: "virtual-network" };
  expect(await node.json("POST", "/id-to-fqname", { uuid })).toEqual(named);
  expect(await node.json("POST", "/id-to-fqname", { uuid: uuid.toUpperCase() })).toEqual(named);
});

test("a virtual-DNS keeps its capitals", async () => {
  const uuid = await node.create("virtual-DNS", ["default-domain", "dns"]);
  expect(await node.json("POST", "/fqname-to-id", { type: "virtual_DNS", fq_name: ["default-domain", "dns"] })).toEqual(
    {
      uuid,
    },
  );
});

test("names that differ in where a part ends are different names", async () => {
  const first = await node.create("tag", ["a:b"], { tag_type_name: "site", tag_value: "1" });
  const name = { type: "tag", fq_name: ["a", "b"] };
  expect((await node.call("POST", "/fqname-to-id", name)).status).toBe(404);
  expect(await node.json("POST", "/fqname-to-id", { type: "tag", fq_name: ["a:b"] })).toEqual({ uuid: first });
});

describe("is refused in the API's words", () => {
  test.each<[string, object, number, string | RegExp]>([
    ["/fqname-to-id", { type: "virtual-network", fq_name: ["a", "b"] }, 404, "Name ['a', 'b'] not found"],
    ["/fqname-to-id", { type: "colour", fq_name: ["a"] }, 404, "Invalid Contrail resource type:'colour'"],
    ["/fqname-to-id", { type: "virtual-network" }, 400, /fq_name/],
    ["/fqname-to-id", { fq_name: ["a"] }, 400, /type/],
    ["/fqname-to-id", { type: "virtual-network", fq_name: "a:b" }, 400, /fq_name/],
    ["/id-to-fqname", { uuid: "nobody" }, 404, "UUID nobody not found"],
    ["/id-to-fqname", { uuid: 1 }, 400, /uuid/],
  ])("%s %j", async (path, body, status, text) => {
    const answer = await node.call("POST", path, body);
    const wanted = typeof text === "string" ? text : expect.stringMatching(text);
    expect([answer.status, answer.text]).toEqual([status, wanted]);
  });
});
