import type { JsonObject } from "@contrail/schema";
import { describe, expect, test } from "vitest";
import { PROJECT, useNode } from "../../testing/running-node.ts";

const node = useNode();

test("aaa-mode is no-auth, may be set to what it is, and to nothing else", async () => {
  expect(await node.json("GET", "/aaa-mode")).toEqual({ "aaa-mode": "no-auth" });
  expect(await node.json("PUT", "/aaa-mode", { "aaa-mode": "no-auth" })).toEqual({ "aaa-mode": "no-auth" });
  const other = await node.call("PUT", "/aaa-mode", { "aaa-mode": "rbac" });
  expect([other.status, other.text]).toEqual([
    400,
    expect.stringMatching(/^aaa-mode is no-auth: start the node with --aaa-mode rbac/),
  ]);
  const none = await node.call("PUT", "/aaa-mode", { "aaa-mode": "anything" });
  expect(none).toMatchObject({ status: 400, text: "Invalid aaa-mode anything" });
});

test("obj-cache shows objects as the node holds them, those named or so many", async () => {
  const uuid = await node.create("virtual-network", [...PROJECT, "cached"]);
  const shown = await node.json("POST", "/obj-cache", { obj_uuids: [uuid.toUpperCase(), "nobody"], count: 5 });
  expect(Object.keys(shown)).toEqual([uuid]);
  expect(shown[uuid]).toMatchObject({ uuid, fq_name: [...PROJECT, "cached"] });
  expect(Object.keys(await node.json("POST", "/obj-cache", { count: 3 }))).toHaveLength(3);
  expect(Object.keys(await node.json("GET", "/obj-cache"))).toHaveLength(10);
  for (const body of [{ count: 0 }, { count: 1_001 }, { obj_uuids: "all" }]) {
    expect((await node.call("POST", "/obj-cache", body)).status).toBe(400);
  }
});

test("db-check finds nothing in a store that fits together", async () => {
  await node.busEnd();
  const checks = await Promise.all([1, 2, 3].map(() => node.json("POST", "/db-check", {})));
  expect(checks).toEqual(Array(3).fill({ results: [], repaired: [] }));
});

test.each([
  ["fetch-records", "read the lists"],
  ["start-profile", "--cpu-prof"],
  ["stop-profile", "--cpu-prof"],
  ["execute-job", "no fabric jobs"],
  ["abort-job", "no fabric jobs"],
  ["amqp-publish", "no AMQP broker"],
  ["amqp-request", "no AMQP broker"],
  ["hbs-get", "no host-based services"],
])("%s is refused, and says what there is instead", async (action, instead) => {
  const answer = await node.call("POST", `/${action}`, {});
  expect([answer.status, answer.text]).toEqual([400, expect.stringContaining(`${action} is not supported: `)]);
  expect(answer.text).toContain(instead);
});

describe("an object that the system needs", () => {
  test.each<[string, readonly string[]]>([
    ["virtual-network", [...PROJECT, "dci-network"]],
    ["virtual-network", [...PROJECT, "ip-fabric"]],
    ["security-group", [...PROJECT, "__no_rule__"]],
    ["tag-type", ["label"]],
    ["service-template", ["default-domain", "netns-snat-template"]],
  ])("cannot be removed by a client: %s %j", async (type, fqName) => {
    const { uuid } = await node.json("POST", "/fqname-to-id", { type, fq_name: fqName });
    const answer = await node.remove(type, String(uuid));
    const text = `Delete when the object is reserved: ${type} ${fqName.join(":")} is made and needed by the system`;
    expect(answer).toMatchObject({ status: 409, text });
    expect(((await node.read(type, String(uuid))) as JsonObject).fq_name).toEqual(fqName);
  });
});
