import { randomUUID } from "node:crypto";
import type { JsonObject } from "@contrail/schema";
import { expect, test } from "vitest";
import { PROJECT, useNode } from "../../testing/running-node.ts";

const node = useNode();

test("id_perms holds the uuid in two signed halves, as integers, and ISO dates", async () => {
  const uuid = "ffffffff-ffff-4fff-bfff-fffffffffffe";
  await node.create("virtual-network", [...PROJECT, "signed"], { uuid });
  const { text } = await node.call("GET", `/virtual-network/${uuid}`);
  expect(text).toContain('"uuid":{"uuid_mslong":-45057,"uuid_lslong":-4611686018427387906}');
  const { id_perms } = await node.read("virtual-network", uuid);
  const date = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}$/);
  expect(id_perms).toMatchObject({ created: date, last_modified: date, enable: true, user_visible: true });
  expect((id_perms as JsonObject).permissions).toEqual({
    owner: "cloud-admin",
    owner_access: 7,
    group: "cloud-admin-group",
    group_access: 7,
    other_access: 7,
  });
});

test("a 64-bit number of a client comes back as it was sent", async () => {
  const uuid = randomUUID();
  const perms = '{"uuid":{"uuid_mslong":18446744073709551615,"uuid_lslong":-9223372036854775808},"enable":true}';
  const fqName = JSON.stringify([...PROJECT, "long"]);
  const body = `{"virtual-network":{"fq_name":${fqName},"uuid":"${uuid}","id_perms":${perms}}}`;
  expect((await node.call("POST", "/virtual-networks", body)).status).toBe(200);
  const shown = (await node.read("virtual-network", uuid)).id_perms as { uuid: Record<string, bigint> };
  const unsigned = (value: bigint | number | undefined): bigint => BigInt.asUintN(64, BigInt(value ?? 0));
  const whole = (unsigned(shown.uuid.uuid_mslong) << 64n) | unsigned(shown.uuid.uuid_lslong);
  expect(whole.toString(16).padStart(32, "0")).toBe(uuid.replaceAll("-", ""));
});

test("without parameters children and back references are shown, with their hrefs", async () => {
  const network = await node.create("virtual-network", [...PROJECT, "around"]);
  const pool = await node.create("floating-ip-pool", [...PROJECT, "around", "pool"]);
  const ip = await node.create("instance-ip", ["around-ip"], {
    virtual_network_refs: [{ uuid: network }],
    instance_ip_address: "1.2.3.4",
  });
  const shown = await node.read("virtual-network", network);
  expect(shown.floating_ip_pools).toEqual([
    { to: [...PROJECT, "around", "pool"], uuid: pool, href: `${node.base}/floating-ip-pool/${pool}` },
  ]);
  expect(shown.instance_ip_back_refs).toEqual([
    { to: ["around-ip"], uuid: ip, href: `${node.base}/instance-ip/${ip}`, attr: null },
  ]);
  const bare = await node.read("virtual-network", network, "?exclude_back_refs=True&exclude_children=True");
  expect(bare).not.toHaveProperty("floating_ip_pools");
  expect(bare).not.toHaveProperty("instance_ip_back_refs");
  const children = await node.read("virtual-network", network, "?exclude_back_refs=true&exclude_children=False");
  expect(children).toHaveProperty("floating_ip_pools");
  expect(children).not.toHaveProperty("instance_ip_back_refs");
});

test("exclude_hrefs leaves every href out", async () => {
  const network = await node.create("virtual-network", [...PROJECT, "no-hrefs"]);
  await node.create("floating-ip-pool", [...PROJECT, "no-hrefs", "pool"]);
  const { text } = await node.call("GET", `/virtual-network/${network}?exclude_hrefs=True`);
  expect(text).toContain("floating_ip_pools");
  expect(text).not.toMatch(/"(parent_)?href"/);
});

test("fields chooses properties, references, children and back references; identity and permissions always come", async () => {
  const network = await node.create("virtual-network", [...PROJECT, "chosen"], { mtu: 1500, router_external: true });
  await node.create("floating-ip-pool", [...PROJECT, "chosen", "pool"]);
  const shown = await node.read("virtual-network", network, "?fields=mtu,floating_ip_pools");
  expect(Object.keys(shown).sort()).toEqual(
    [
      ...["display_name", "floating_ip_pools", "fq_name", "href", "id_perms", "mtu", "name"],
      ...["parent_href", "parent_type", "parent_uuid", "perms2", "uuid"],
    ].sort(),
  );
});

test("defaults of the model are shown", async () => {
  const uuid = await node.create("virtual-network", [...PROJECT, "defaults"]);
  expect(await node.read("virtual-network", uuid)).toMatchObject({
    port_security_enabled: true,
    flood_unknown_unicast: false,
    virtual_network_category: "tenant",
  });
});

test("the ETag is the date of the last change; If-None-Match with it gives 304 and no body", async () => {
  const uuid = await node.create("virtual-network", [...PROJECT, "tagged"]);
  const path = `/virtual-network/${uuid}`;
  const first = await node.call("GET", path);
  const tag = first.headers.get("etag") ?? "";
  expect(tag).toBe(`"${(JSON.parse(first.text)["virtual-network"].id_perms as JsonObject).last_modified}"`);
  for (const given of [tag, `"x", ${tag}`, "*"]) {
    const same = await node.call("GET", path, undefined, { "If-None-Match": given });
    expect([same.status, same.text]).toEqual([304, ""]);
  }
  await node.update("virtual-network", uuid, { display_name: "other" });
  expect((await node.call("GET", path, undefined, { "If-None-Match": tag })).status).toBe(200);
});

test("what is not there is a 404 in the API's words, also where the path says null", async () => {
  const uuid = randomUUID();
  const answers = await Promise.all([
    node.call("GET", `/virtual-network/${uuid}`),
    node.call("GET", "/virtual-network/null"),
    node.call("GET", "/colour/x"),
    node.call("PUT", `/virtual-network/${uuid}`, { "virtual-network": {} }),
    node.call("DELETE", `/virtual-network/${uuid}`),
  ]);
  expect(answers.map(({ status, text }) => [status, text])).toEqual([
    [404, `No virtual-network object found for id ${uuid}`],
    [404, "No virtual-network object found for id null"],
    [404, "Invalid Contrail resource type:'colour'"],
    [404, `No virtual-network object found for id ${uuid}`],
    [404, `ID ${uuid} does not exist`],
  ]);
});

test("a uuid of another type is not found", async () => {
  const uuid = await node.create("virtual-network", [...PROJECT, "typed"]);
  expect((await node.call("GET", `/network-policy/${uuid}`)).status).toBe(404);
});
