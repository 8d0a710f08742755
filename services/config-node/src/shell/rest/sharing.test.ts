import type { JsonObject } from "@contrail/schema";
import { beforeAll, expect, test } from "vitest";
import { type TestTenant, useTwoTenants } from "../../testing/two-tenants.ts";

const cloud = useTwoTenants();
let a: TestTenant;
let b: TestTenant;

beforeAll(() => {
  [a, b] = [cloud.tenant("a"), cloud.tenant("b")];
});

const put = (token: string, type: string, uuid: string, change: object) =>
  cloud.call(token, "PUT", `/${type}/${uuid}`, { [type]: change });
const read = async (token: string, type: string, uuid: string) =>
  (await cloud.json(token, "GET", `/${type}/${uuid}`))[type] as JsonObject;

test("what a tenant makes is its project's, and it cannot say otherwise", async () => {
  const uuid = await cloud.create(a.token, "virtual-network", [...a.project, "owned"]);
  const { perms2 } = await read(a.token, "virtual-network", uuid);
  expect(perms2).toMatchObject({ owner: a.projectUuid.replaceAll("-", ""), global_access: 0, share: [] });
  const body = { fq_name: [...a.project, "x"], perms2: { owner: b.projectUuid, owner_access: 7 } };
  const answer = await cloud.call(a.token, "POST", "/virtual-networks", { "virtual-network": body });
  expect([answer.status, answer.text]).toEqual([403, expect.stringMatching(/^Permission Denied: perms2\.owner/)]);
});

test("read, write and link are shared one by one, on both ends of a reference", async () => {
  const policy = await cloud.create(a.token, "network-policy", [...a.project, "shared"]);
  const network = await cloud.create(b.token, "virtual-network", [...b.project, "user"]);
  const share = (tenant_access: number) =>
    cloud.json(a.token, "POST", "/chmod", { uuid: policy, share: [{ tenant: b.projectUuid, tenant_access }] });
  const reference = { type: "virtual-network", uuid: network, "ref-type": "network-policy", "ref-uuid": policy };
  const link = async () =>
    (await cloud.call(b.token, "POST", "/ref-update", { ...reference, operation: "ADD" })).status;
  const tried = async () => [
    (await cloud.call(b.token, "GET", `/network-policy/${policy}`)).status,
    (await put(b.token, "network-policy", policy, { display_name: `by b ${Math.random()}` })).status,
    await link(),
    (await cloud.call(b.token, "DELETE", `/network-policy/${policy}`)).status,
  ];
  expect(await tried()).toEqual([403, 403, 403, 403]);
  await share(4);
  expect(await tried()).toEqual([200, 403, 403, 403]);
  await share(2);
  expect(await tried()).toEqual([403, 200, 403, 403]);
  await share(1);
  expect(await tried()).toEqual([403, 403, 200, 403]);
  // The link stays, and may be let go of, though it could not be made any more.
  await share(0);
  expect(await link()).toBe(200);
  expect((await put(b.token, "virtual-network", network, { display_name: "still" })).status).toBe(200);
  await cloud.json(b.token, "POST", "/ref-update", { ...reference, operation: "DELETE" });
  expect(await link()).toBe(403);
});

test("a share of write does not let anybody take the object over or share it on", async () => {
  const uuid = await cloud.create(a.token, "virtual-network", [...a.project, "lent"]);
  await cloud.json(a.token, "POST", "/chmod", { uuid, share: [{ tenant: b.projectUuid, tenant_access: 7 }] });
  for (const [path, body] of [
    ["/chown", { uuid, owner: b.projectUuid }],
    ["/chmod", { uuid, global_access: 7 }],
  ] as const) {
    expect((await cloud.call(b.token, "POST", path, body)).status).toBe(403);
  }
  expect((await put(b.token, "virtual-network", uuid, { perms2: { owner: b.projectUuid } })).status).toBe(403);
  await cloud.json(a.token, "POST", "/chown", { uuid, owner: b.projectUuid });
  expect((await cloud.call(a.token, "GET", `/virtual-network/${uuid}`)).status).toBe(403);
  expect((await cloud.call(b.token, "GET", `/virtual-network/${uuid}`)).status).toBe(200);
});

test("a shared network is listed, read and used by everybody, and changed by its owner", async () => {
  const uuid = await cloud.create(a.token, "virtual-network", [...a.project, "public"], { is_shared: true });
  const listed = await cloud.json(b.token, "GET", "/virtual-networks");
  expect(JSON.stringify(listed)).toContain(uuid);
  const refs = { parent_type: "project", virtual_network_refs: [{ to: [...a.project, "public"] }] };
  await cloud.create(b.token, "virtual-machine-interface", [...b.project, "on-public"], refs);
  expect((await put(b.token, "virtual-network", uuid, { display_name: "mine" })).status).toBe(403);
  // The owner does not see who is on it.
  const { virtual_machine_interface_back_refs } = await read(a.token, "virtual-network", uuid);
  expect(virtual_machine_interface_back_refs).toBeUndefined();
  const answer = await cloud.call(a.token, "DELETE", `/virtual-network/${uuid}`);
  expect([answer.status, answer.text]).toEqual([409, "Delete when resource still referred: []"]);
});

test("a reference that the caller does not see stays when he sends his list back", async () => {
  const hidden = await cloud.create(cloud.admin, "network-policy", [
    "default-domain",
    "default-project",
    "the cloud's",
  ]);
  const network = await cloud.create(a.token, "virtual-network", [...a.project, "watched"]);
  const reference = { type: "virtual-network", uuid: network, "ref-type": "network-policy", "ref-uuid": hidden };
  await cloud.json(cloud.admin, "POST", "/ref-update", { ...reference, operation: "ADD" });
  const own = await cloud.create(a.token, "network-policy", [...a.project, "own"]);
  expect((await read(a.token, "virtual-network", network)).network_policy_refs).toBeUndefined();
  const change = { network_policy_refs: [{ uuid: own }] };
  expect((await put(a.token, "virtual-network", network, change)).status).toBe(200);
  const { network_policy_refs } = await read(cloud.admin, "virtual-network", network);
  expect((network_policy_refs as JsonObject[]).map(({ uuid }) => uuid).sort()).toEqual([hidden, own].sort());
});

test("what the system makes in a project is the project's to use, and what it needs is not", async () => {
  const group = { type: "security-group", fq_name: [...a.project, "default"] };
  const { uuid } = await cloud.json(a.token, "POST", "/fqname-to-id", group);
  await cloud.json(a.token, "GET", `/security-group/${String(uuid)}`);
  expect((await cloud.call(b.token, "GET", `/security-group/${String(uuid)}`)).status).toBe(403);
  const fabric = { type: "virtual-network", fq_name: ["default-domain", "default-project", "ip-fabric"] };
  expect((await cloud.call(a.token, "POST", "/fqname-to-id", fabric)).status).toBe(404);
});

test("what leads out of a tenant's networks needs a rule that names it", async () => {
  const uuid = await cloud.create(a.token, "virtual-network", [...a.project, "guarded"]);
  const change = { route_target_list: { route_target: ["target:64512:1"] } };
  const answer = await put(a.token, "virtual-network", uuid, change);
  expect([answer.status, answer.text]).toEqual([403, expect.stringMatching(/route_target_list of virtual-network$/)]);
  expect((await put(a.token, "virtual-network", uuid, { router_external: true })).status).toBe(403);
  const quota = await put(a.token, "project", a.projectUuid, { quota: { defaults: -1 } });
  expect(quota.status).toBe(403);
  const instance = [...a.project, "guarded", "guarded"];
  const router = { fq_name: [...instance, "peer"], parent_type: "routing-instance" };
  const named = { type: "routing-instance", fq_name: instance };
  const found = await cloud.node.eventually(
    () => cloud.call(a.token, "POST", "/fqname-to-id", named),
    ({ status }) => status === 200,
  );
  expect(found.status).toBe(200);
  expect((await cloud.call(a.token, "POST", "/bgp-routers", { "bgp-router": router })).status).toBe(403);
  expect(
    (await cloud.call(a.token, "POST", "/route-targets", { "route-target": { fq_name: ["target:64512:1"] } })).status,
  ).toBe(403);
  const list = { fq_name: [...a.project, "mine"], parent_type: "project" };
  expect((await cloud.call(a.token, "POST", "/api-access-lists", { "api-access-list": list })).status).toBe(403);
});

test("what is not for users is refused to them, and left out of their lists", async () => {
  const uuid = await cloud.create(cloud.admin, "virtual-network", [...a.project, "unseen"], {
    id_perms: { user_visible: false, enable: true },
  });
  const answer = await cloud.call(a.token, "GET", `/virtual-network/${uuid}`);
  expect([answer.status, answer.text]).toEqual([400, `This object is not visible by users: ${uuid}`]);
  expect(JSON.stringify(await cloud.json(a.token, "GET", "/virtual-networks"))).not.toContain(uuid);
  await cloud.json(cloud.admin, "GET", `/virtual-network/${uuid}`);
});

test("obj-perms says what the caller may do", async () => {
  const uuid = await cloud.create(a.token, "virtual-network", [...a.project, "asked"]);
  await cloud.json(a.token, "POST", "/chmod", { uuid, share: [{ tenant: b.projectUuid, tenant_access: 5 }] });
  const asked = (token: string) => cloud.json(token, "GET", `/obj-perms?uuid=${uuid}`);
  expect(await asked(a.token)).toMatchObject({ permissions: "RWX", is_cloud_admin_role: false });
  expect(await asked(b.token)).toMatchObject({ permissions: "RX", token_info: { token: { user: { name: b.user } } } });
  expect(await asked(cloud.admin)).toMatchObject({ permissions: "RWX", is_cloud_admin_role: true });
});

test("obj-perms with X-User-Token is about that user, and a bad one is a 401", async () => {
  const uuid = await cloud.create(a.token, "virtual-network", [...a.project, "asked-for"]);
  await cloud.json(a.token, "POST", "/chmod", { uuid, share: [{ tenant: b.projectUuid, tenant_access: 4 }] });
  const of = (token: string) =>
    cloud.call(cloud.admin, "GET", `/obj-perms?uuid=${uuid}`, undefined, { "X-User-Token": token });
  expect(JSON.parse((await of(b.token)).text)).toMatchObject({
    permissions: "R",
    is_cloud_admin_role: false,
    token_info: { token: { user: { name: b.user } } },
  });
  expect(JSON.parse((await of(cloud.admin)).text)).toMatchObject({ permissions: "RWX", is_cloud_admin_role: true });
  expect((await of(`${b.token}x`)).status).toBe(401);
});

test("a tenant's watcher sees the tenant's changes, ends and newly shared objects, and nothing else", async () => {
  const uuid = await cloud.create(a.token, "network-policy", [...a.project, "before"]);
  const stop = new AbortController();
  const headers = { "X-Auth-Token": b.token };
  const response = await fetch(`${cloud.node.base}/watch?resource_type=network-policy`, {
    headers,
    signal: stop.signal,
  });
  let text = "";
  const reading = (async () => {
    for await (const part of response.body ?? []) text += Buffer.from(part as Uint8Array).toString();
  })().catch(() => undefined);
  const look = async () => {
    await cloud.node.call("GET", "/v3"); // The stream is read meanwhile.
    return text;
  };
  const until = (part: string) => cloud.node.eventually(look, (seen) => seen.includes(part));
  await until("event: init");
  const own = await cloud.create(b.token, "network-policy", [...b.project, "own"]);
  await until(own);
  expect(text).not.toContain(uuid);
  await cloud.json(a.token, "POST", "/chmod", { uuid, share: [{ tenant: b.projectUuid, tenant_access: 4 }] });
  await until(`event: create\ndata: {"network-policy":{"uuid":"${uuid}"`);
  await cloud.json(a.token, "POST", "/chmod", { uuid, share: [] });
  await until(`event: delete\ndata: {"network-policy":{"uuid":"${uuid}"`);
  await cloud.create(a.token, "network-policy", [...a.project, "after"]);
  await cloud.call(a.token, "DELETE", `/network-policy/${uuid}`);
  await cloud.call(b.token, "DELETE", `/network-policy/${own}`);
  await until(`event: delete\ndata: {"network-policy":{"uuid":"${own}"`);
  expect(text).not.toContain('"after"');
  stop.abort();
  await reading;
});
