import { describe, expect, test } from "vitest";
import { PROJECT, useNode } from "../../testing/running-node.ts";

const node = useNode();

test("chown changes the owner, chmod what it names, and nothing else", async () => {
  const uuid = await node.create("virtual-network", [...PROJECT, "n"]);
  await node.json("POST", "/chown", { uuid, owner: "tenant" });
  await node.json("POST", "/chmod", { uuid, global_access: 5, share: [{ tenant: "t", tenant_access: 7 }] });
  expect((await node.read("virtual-network", uuid)).perms2).toEqual({
    owner: "tenant",
    owner_access: 7,
    global_access: 5,
    share: [{ tenant: "t", tenant_access: 7 }],
  });
});

test("obj-perms says that everybody may do everything while there is no authentication", async () => {
  const uuid = await node.create("virtual-network", [...PROJECT, "mine"]);
  const wanted = { token_info: null, is_cloud_admin_role: true, is_global_read_only_role: false };
  expect(await node.json("GET", `/obj-perms?uuid=${uuid}`)).toEqual({ ...wanted, permissions: "RWX" });
  expect(await node.json("GET", "/obj-perms")).toEqual(wanted);
});

describe("is refused, and nothing changes", () => {
  test.each<[string, object, number, RegExp]>([
    ["/chown", { owner: "x" }, 400, /uuid/],
    ["/chown", { uuid: "nobody", owner: "x" }, 404, /nobody/],
    ["/chown", { uuid: "config-root" }, 400, /owner/],
    ["/chmod", { uuid: "nobody" }, 404, /nobody/],
  ])("%s %j", async (path, body, status, text) => {
    const answer = await node.call("POST", path, body);
    expect([answer.status, answer.text]).toEqual([status, expect.stringMatching(text)]);
  });

  test.each([{ owner_access: 8 }, { global_access: -1 }, { share: "all" }, { share: [{ colour: 1 }] }])(
    "/chmod %j",
    async (body) => {
      const uuid = await node.create("virtual-network", [...PROJECT, JSON.stringify(body)]);
      const answer = await node.call("POST", "/chmod", { uuid, ...body });
      expect([answer.status, answer.text]).toEqual([400, expect.stringMatching(/^perms2\./)]);
      expect((await node.read("virtual-network", uuid)).perms2).toMatchObject({ owner_access: 7, global_access: 0 });
    },
  );
});
