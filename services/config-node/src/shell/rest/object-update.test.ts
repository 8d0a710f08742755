import type { JsonObject } from "@contrail/schema";
import { describe, expect, test } from "vitest";
import { PROJECT, textsOf, useNode } from "../../testing/running-node.ts";

const node = useNode();

async function network(name: string, more: object = {}): Promise<string> {
  return node.create("virtual-network", [...PROJECT, name], more);
}

test("what is given replaces, null clears, what is missing stays", async () => {
  const uuid = await network("partial", { mtu: 1400, router_external: true, is_shared: true });
  const answer = await node.update("virtual-network", uuid, { mtu: 1500, router_external: null });
  expect(JSON.parse(answer.text)).toEqual({
    "virtual-network": { uuid, href: `${node.base}/virtual-network/${uuid}` },
  });
  const shown = await node.read("virtual-network", uuid);
  expect(shown).toMatchObject({ mtu: 1500, is_shared: true });
  expect(shown).not.toHaveProperty("router_external");
});

test("a reference list replaces the whole list of its type; an empty one, or null, clears it", async () => {
  for (const name of ["a", "b"]) await node.create("network-policy", [...PROJECT, `list-${name}`]);
  const refTo = (name: string): object => ({ to: [...PROJECT, `list-${name}`] });
  const uuid = await network("lists", { network_policy_refs: [refTo("a")] });
  const names = async (): Promise<string[]> => {
    const refs = ((await node.read("virtual-network", uuid)).network_policy_refs ?? []) as JsonObject[];
    return refs.map(({ to }) => textsOf(to).at(-1) ?? "");
  };
  await node.update("virtual-network", uuid, { network_policy_refs: [refTo("b")] });
  expect(await names()).toEqual(["list-b"]);
  await node.update("virtual-network", uuid, { display_name: "lists again" });
  expect(await names()).toEqual(["list-b"]);
  await node.update("virtual-network", uuid, { network_policy_refs: [] });
  expect(await names()).toEqual([]);
  await node.update("virtual-network", uuid, { network_policy_refs: [refTo("a")] });
  await node.update("virtual-network", uuid, { network_policy_refs: null });
  expect(await names()).toEqual([]);
});

test("an empty list in a complex type is a value", async () => {
  const uuid = await network("empty", { route_target_list: { route_target: ["target:1:1"] } });
  await node.update("virtual-network", uuid, { route_target_list: { route_target: [] } });
  expect(await node.read("virtual-network", uuid)).toMatchObject({ route_target_list: { route_target: [] } });
});

describe("an update that changes nothing costs nothing", () => {
  test.each<[string, (shown: JsonObject) => object]>([
    ["the whole object as it was read", (shown) => shown],
    ["the same references in another spelling", () => ({ network_policy_refs: [{ to: [...PROJECT, "free-policy"] }] })],
    ["read-only fields that are wrong", () => ({ virtual_network_network_id: 77, href: "x", name: "y", uuid: "z" })],
    ["children and back references", () => ({ routing_instances: [], instance_ip_back_refs: [{ to: ["x"] }] })],
    ["defaults that are not stored", () => ({ port_security_enabled: true, flood_unknown_unicast: false })],
    ["no key at all", () => ({})],
  ])("%s", async (what, change) => {
    if (!(await exists("network-policy", "free-policy")))
      await node.create("network-policy", [...PROJECT, "free-policy"]);
    const network_policy_refs = [{ to: [...PROJECT, "free-policy"], attr: null }];
    const uuid = await network(`free ${what}`, { mtu: 1400, network_policy_refs });
    const end = await node.busEnd();
    const before = await node.call("GET", `/virtual-network/${uuid}`);
    const shown = JSON.parse(before.text)["virtual-network"] as JsonObject;
    const answer = await node.call("PUT", `/virtual-network/${uuid}`, bodyOf(before.text, change(shown), shown));
    expect([answer.status, answer.text]).toEqual([200, expect.stringContaining(uuid)]);
    expect(answer.headers.get("etag")).toBe(before.headers.get("etag"));
    expect((await node.call("GET", `/virtual-network/${uuid}`)).text).toBe(before.text);
    expect(await node.busEnd()).toBe(end);
  });

  test("an empty body is 200 with an empty answer of a said length", async () => {
    const uuid = await network("no-body");
    const answer = await node.call("PUT", `/virtual-network/${uuid}`);
    expect([answer.status, answer.text, answer.headers.get("content-length")]).toEqual([200, "", "0"]);
  });
});

test("every change gives a later ETag, however fast they come", async () => {
  const uuid = await network("fast");
  const tags: string[] = [];
  for (let index = 0; index < 30; index++) {
    tags.push((await node.update("virtual-network", uuid, { mtu: 1000 + index })).headers.get("etag") ?? "");
  }
  expect(new Set(tags).size).toBe(30);
  expect(tags.toSorted()).toEqual(tags);
});

test("with If-Match another ETag is a 412 and changes nothing", async () => {
  const uuid = await network("matched");
  const path = `/virtual-network/${uuid}`;
  const tag = (await node.call("GET", path)).headers.get("etag") ?? "";
  const put = (mtu: number) => node.call("PUT", path, { "virtual-network": { mtu } }, { "If-Match": tag });
  expect((await put(1400)).status).toBe(200);
  expect((await put(1300)).status).toBe(412);
  expect(await node.read("virtual-network", uuid)).toMatchObject({ mtu: 1400 });
});

describe("permissions", () => {
  test("perms2 without owner is a 400", async () => {
    const uuid = await network("ownerless");
    const answer = await node.update("virtual-network", uuid, { perms2: { global_access: 7 } });
    expect([answer.status, answer.text]).toEqual([400, "owner in perms2 must be present"]);
  });

  test("perms2 with owner changes what it names", async () => {
    const uuid = await network("shared");
    const share = [{ tenant: "t", tenant_access: 5 }];
    await node.update("virtual-network", uuid, { perms2: { owner: "me", share } });
    expect((await node.read("virtual-network", uuid)).perms2).toEqual({
      owner: "me",
      owner_access: 7,
      global_access: 0,
      share,
    });
  });

  test("of id_perms only enable and description can be changed", async () => {
    const uuid = await network("id-perms");
    const before = (await node.read("virtual-network", uuid)).id_perms as JsonObject;
    const id_perms = { enable: false, description: "off", user_visible: false, creator: "x", created: "2001" };
    await node.update("virtual-network", uuid, { id_perms });
    const after = (await node.read("virtual-network", uuid)).id_perms as JsonObject;
    expect(after).toEqual({ ...before, enable: false, description: "off", last_modified: after.last_modified });
  });

  test("null clears neither of them, and gives the name back as display_name", async () => {
    const uuid = await network("kept", { display_name: "shown" });
    await node.update("virtual-network", uuid, { id_perms: null, perms2: null, display_name: null });
    expect(await node.read("virtual-network", uuid)).toMatchObject({
      display_name: "kept",
      perms2: { owner: "cloud-admin" },
      id_perms: { enable: true },
    });
  });
});

test("fifty clients that update one object at once are all served, and no update is lost", async () => {
  const uuid = await network("busy");
  const updates = Array.from({ length: 50 }, (_, index) => ({
    uuid,
    updates: [{ field: "annotations", operation: "set", value: { key: `k${index}`, value: "v" } }],
  }));
  const answers = await Promise.all(updates.map((body) => node.call("POST", "/prop-collection-update", body)));
  expect(answers.map(({ status }) => status)).toEqual(Array(50).fill(200));
  const { annotations } = await node.read("virtual-network", uuid);
  expect((annotations as { key_value_pair: unknown[] }).key_value_pair).toHaveLength(50);
});

test("what the system made is refused with the reason, and may be put back unchanged", async () => {
  const uuid = await network("derived");
  const instances = await node.eventually(
    async () => ((await node.read("virtual-network", uuid)).routing_instances ?? []) as JsonObject[],
    (list) => list.length > 0,
  );
  const path = `/routing-instance/${String(instances[0]?.uuid)}`;
  const whole = (await node.call("GET", path)).text;
  expect((await node.call("PUT", path, whole)).status).toBe(200);
  const answer = await node.call("PUT", path, { "routing-instance": { display_name: "mine" } });
  expect([answer.status, answer.text]).toEqual([409, expect.stringContaining("is made by the system")]);
  expect((await node.call("DELETE", path)).status).toBe(409);
});

describe("is refused in the API's words", () => {
  test.each<[string, object, RegExp]>([
    ["a bad property", { mtu: [] }, /^Bad property in update: mtu/],
    ["a reference to nothing", { network_policy_refs: [{ uuid: "nobody" }] }, /^Bad reference in update: network_pol/],
    [
      "a list that is none",
      { network_policy_refs: {} },
      /^Bad reference in update: network_policy_refs must be a list/,
    ],
  ])("%s", async (what, change, text) => {
    const uuid = await network(`refused ${what}`);
    await node.busEnd();
    const before = (await node.call("GET", `/virtual-network/${uuid}`)).text;
    const answer = await node.update("virtual-network", uuid, { ...change, display_name: "half" });
    expect([answer.status, answer.text]).toEqual([400, expect.stringMatching(text)]);
    expect((await node.call("GET", `/virtual-network/${uuid}`)).text).toBe(before);
  });
});

async function exists(type: string, name: string): Promise<boolean> {
  return (await node.call("POST", "/fqname-to-id", { type, fq_name: [...PROJECT, name] })).status === 200;
}

/** The read's own text where the whole object goes back: its 64-bit numbers do not pass through JSON.parse. */
function bodyOf(text: string, change: object, shown: JsonObject): unknown {
  return change === shown ? text : { "virtual-network": change };
}
