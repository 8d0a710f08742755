import type { JsonObject } from "@contrail/schema";
import { beforeAll, describe, expect, test } from "vitest";
import { PASSWORD, type TestTenant, useTwoTenants } from "../../testing/two-tenants.ts";

const cloud = useTwoTenants();
let tenant: TestTenant;

beforeAll(() => {
  tenant = cloud.tenant("a");
});

function byPassword(name: string, password: string, scope?: object): object {
  const user = { name, domain: { name: "default-domain" }, password };
  return {
    auth: { identity: { methods: ["password"], password: { user } }, ...(scope === undefined ? {} : { scope }) },
  };
}

const logIn = (body: object) => cloud.node.call("POST", "/v3/auth/tokens", body);
const projectOf = ([domain, name]: readonly string[]) => ({ project: { name, domain: { name: domain } } });

test("a login answers as OpenStack's identity service does", async () => {
  const answer = await logIn(byPassword(tenant.user, PASSWORD, projectOf(tenant.project)));
  expect(answer.status).toBe(201);
  expect(answer.headers.get("x-subject-token")).toMatch(/^ct_/);
  const { token } = JSON.parse(answer.text) as { readonly token: JsonObject };
  expect(token).toMatchObject({
    methods: ["password"],
    user: { name: tenant.user, domain: { id: "default" } },
    project: { name: "project-a", id: tenant.projectUuid.replaceAll("-", ""), domain: { name: "default-domain" } },
    roles: [{ name: "member" }],
    catalog: expect.arrayContaining([expect.objectContaining({ type: "identity" })]),
  });
  expect(Date.parse(String(token.expires_at)) - Date.parse(String(token.issued_at))).toBe(3_600_000);
  expect(answer.text).not.toContain(PASSWORD);
});

test("a token is validated by its owner and the administrator, and is over when it is revoked", async () => {
  const token = await cloud.logIn(tenant.user);
  const subject = { "X-Subject-Token": token };
  const ask = async (by: string, method = "GET") =>
    (await cloud.call(by, method, "/v3/auth/tokens", undefined, subject)).status;
  expect([await ask(token), await ask(token, "HEAD"), await ask(cloud.admin)]).toEqual([200, 200, 200]);
  expect(await ask(cloud.tenant("b").token)).toBe(403);
  expect(await ask(token, "DELETE")).toBe(204);
  expect([await ask(token), await ask(cloud.admin)]).toEqual([401, 404]);
});

test("a scope is a project or domain by name or id, or none; it has to be one where the user has a role", async () => {
  const scopes: readonly (readonly [object | undefined, number])[] = [
    [undefined, 201],
    [{ project: { id: tenant.projectUuid.replaceAll("-", "") } }, 201],
    [projectOf(["default", "project-a"]), 201],
    [projectOf(cloud.tenant("b").project), 401],
    [projectOf(["default-domain", "nothing"]), 401],
    [{ domain: { id: "default" } }, 401],
    [{ system: { all: true } }, 401],
    [{ colour: "red" }, 400],
  ];
  for (const [scope, status] of scopes) {
    const answer = await logIn(byPassword(tenant.user, PASSWORD, scope));
    expect([scope, answer.status]).toEqual([scope, status]);
  }
});

test("a key logs in for its own scope only, serves as a token itself, and is over when it is revoked", async () => {
  const { key, secret } = await cloud.json(tenant.token, "POST", "/access/keys", {});
  const text = String(secret);
  const { id } = key as JsonObject;
  const identity = (credential: object) => ({
    methods: ["application_credential"],
    application_credential: credential,
  });
  const own = text.slice(text.lastIndexOf(String(id)) + String(id).length + 1);
  for (const credential of [{ id, secret: own }, { secret: text }]) {
    const answer = await logIn({ auth: { identity: identity(credential) } });
    expect([answer.status, JSON.parse(answer.text)]).toMatchObject([
      201,
      { token: { project: { name: "project-a" } } },
    ]);
  }
  const wrong = await logIn({ auth: { identity: identity({ id, secret: `${own.slice(0, -1)}x` }) } });
  expect(wrong.status).toBe(401);
  const elsewhere = { identity: identity({ secret: text }), scope: projectOf(cloud.tenant("b").project) };
  expect((await logIn({ auth: elsewhere })).status).toBe(401);
  expect((await cloud.call(text, "GET", "/virtual-networks")).status).toBe(200);
  const bearer = await cloud.node.call("GET", "/virtual-networks", undefined, { Authorization: `Bearer ${text}` });
  expect(bearer.status).toBe(200);
  expect(JSON.stringify(await cloud.json(tenant.token, "GET", "/access/keys"))).not.toContain(own);
  expect((await cloud.call(cloud.tenant("b").token, "DELETE", `/access/keys/${String(id)}`)).status).toBe(403);
  expect((await cloud.call(tenant.token, "DELETE", `/access/keys/${String(id)}`)).status).toBe(200);
  expect((await cloud.call(text, "GET", "/virtual-networks")).status).toBe(401);
});

describe("a login that fails tells nobody why", () => {
  test("unknown user, wrong password, unknown and foreign project: one text", async () => {
    const answers = [
      await logIn(byPassword("nobody", PASSWORD)),
      await logIn(byPassword(tenant.user, "wrong password")),
      await logIn(byPassword(tenant.user, PASSWORD, projectOf(["default-domain", "nothing"]))),
      await logIn(byPassword(tenant.user, PASSWORD, projectOf(cloud.tenant("b").project))),
      await logIn(byPassword("x".repeat(10_000), PASSWORD)),
    ];
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect(JSON.parse(answers[0]?.text ?? "")).toMatchObject({ error: { code: 401, title: "Unauthorized" } });
  });

  test("after ten failures under a name more are refused with the time to wait, whoever it is", async () => {
    for (const name of ["somebody", "user-b"]) {
      const statuses: number[] = [];
      // While a slow machine counts ten, the first ones are forgiven.
      while (statuses.length < 40 && statuses.at(-1) !== 429) {
        statuses.push((await logIn(byPassword(name, "wrong password"))).status);
      }
      expect(statuses.slice(0, 10)).toEqual(Array(10).fill(401));
      expect(statuses.at(-1)).toBe(429);
      const answer = await logIn(byPassword(name, PASSWORD));
      expect([answer.status, Number(answer.headers.get("retry-after"))]).toEqual([429, expect.any(Number)]);
    }
  });

  test.each<[string, unknown]>([
    ["no auth", {}],
    ["no methods", { auth: { identity: {} } }],
    ["an unknown method", { auth: { identity: { methods: ["oauth"] } } }],
    [
      "a password that is a number",
      { auth: { identity: { methods: ["password"], password: { user: { name: "a", password: 1 } } } } },
    ],
    ["text", "hello"],
  ])("%s is a 400", async (_what, body) => {
    expect((await logIn(body as object)).status).toBe(400);
  });
});

test("passwords that are short, known or the name are refused; the refusal does not hold them", async () => {
  for (const password of ["short", "contrail123", "x".repeat(300), "new-user-name"]) {
    const body = { name: "new-user-name", password, grants: [{ project: tenant.project.join(":") }] };
    const answer = await cloud.call(cloud.admin, "POST", "/access/users", body);
    expect([answer.status, answer.text.includes(password)]).toEqual([400, false]);
  }
  const admin = {
    name: "half-admin",
    password: PASSWORD,
    grants: [{ role: "admin", project: tenant.project.join(":") }],
  };
  expect((await cloud.call(cloud.admin, "POST", "/access/users", admin)).status).toBe(400);
});

test("a user who is removed, or made anew under the same name, has no use of old tokens and keys", async () => {
  const grants = [{ project: tenant.project.join(":") }];
  await cloud.addUser("leaver", grants);
  const token = await cloud.logIn("leaver");
  const { secret } = await cloud.json(token, "POST", "/access/keys", {});
  await cloud.call(cloud.admin, "DELETE", "/access/users/leaver");
  await cloud.addUser("leaver", grants);
  for (const old of [token, String(secret)])
    expect((await cloud.call(old, "GET", "/virtual-networks")).status).toBe(401);
  expect(
    (await cloud.call(cloud.admin, "POST", "/access/users", { name: "leaver", password: PASSWORD, grants })).status,
  ).toBe(409);
});

test("roles that are taken away end what the user's sessions and keys were good for", async () => {
  await cloud.addUser("mover", [{ project: tenant.project.join(":") }]);
  const token = await cloud.logIn("mover");
  const { secret } = await cloud.json(token, "POST", "/access/keys", {});
  const other = { grants: [{ project: cloud.tenant("b").project.join(":") }] };
  expect((await cloud.call(token, "PUT", "/access/users/mover/grants", other)).status).toBe(403);
  expect((await cloud.call(cloud.admin, "PUT", "/access/users/mover/grants", other)).status).toBe(200);
  for (const old of [token, String(secret)])
    expect((await cloud.call(old, "GET", "/virtual-networks")).status).toBe(401);
  const again = await logIn(byPassword("mover", PASSWORD));
  expect(JSON.parse(again.text)).toMatchObject({ token: { project: { name: "project-b" } } });
});

test("the reader of the cloud reads everything and changes nothing", async () => {
  await cloud.addUser("auditor", [{ role: "reader" }]);
  const token = await cloud.logIn("auditor");
  const uuid = await cloud.create(tenant.token, "virtual-network", [...tenant.project, "audited"]);
  await cloud.json(token, "GET", `/virtual-network/${uuid}`);
  expect(await cloud.json(token, "GET", "/obj-perms")).toMatchObject({ is_global_read_only_role: true });
  const change = { "virtual-network": { display_name: "x" } };
  expect((await cloud.call(token, "PUT", `/virtual-network/${uuid}`, change)).status).toBe(403);
  expect((await cloud.call(token, "DELETE", `/virtual-network/${uuid}`)).status).toBe(403);
});
