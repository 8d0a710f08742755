import { createHash } from "node:crypto";
import { type JsonObject, objectTypes } from "@contrail/schema";
import { openSqliteStore } from "@contrail/store-sqlite";
import { fastify } from "fastify";
import { beforeAll, describe, expect, test } from "vitest";
import { type TestTenant, useTwoTenants } from "../../testing/two-tenants.ts";
import { addRoutes } from "./app.ts";
import type { RestContext } from "./context.ts";

const cloud = useTwoTenants();
/** Stands in every name and property of tenant a: no answer to tenant b holds it. */
const CANARY = "canary-of-a";
/** Objects of tenant a: type and uuid. */
const theirs: { readonly type: string; readonly uuid: string; readonly fqName: readonly string[] }[] = [];

/** "GET /virtual-network/:uuid/ip-alloc" of every route. */
const routes = new Set<string>();
const table = fastify({ exposeHeadRoutes: false });
table.addHook("onRoute", ({ method, url }) => void routes.add(`${String(method)} ${url}`));
addRoutes(table, {} as RestContext); // The routes are made, and none is called.

/** Served to everybody: how one logs in. */
const PUBLIC = ["POST /v3/auth/tokens", "GET /v3"];

let them: TestTenant;
let us: TestTenant;

beforeAll(async () => {
  [them, us] = [cloud.tenant("a"), cloud.tenant("b")];
  for (const { name: type, parents } of objectTypes()) {
    if (type === "tag-type") continue; // The cloud's, and open to everybody.
    const fqName = parents.includes("project") ? [...them.project, `${CANARY}-${type}`] : [`${CANARY}-${type}`];
    if (!parents.includes("project") && parents.length > 0) continue;
    const body = {
      [type]: { fq_name: fqName, display_name: CANARY, ...(parents.length > 1 ? { parent_type: "project" } : {}) },
    };
    const token = type === "virtual-machine" || parents.length > 0 ? them.token : cloud.admin;
    const answer = await cloud.call(token, "POST", `/${type}s`, body);
    if (answer.status !== 200) continue;
    const made = (JSON.parse(answer.text) as JsonObject)[type] as JsonObject;
    theirs.push({ type, uuid: String(made.uuid), fqName });
  }
  const network = theirs.find(({ type }) => type === "virtual-network");
  const child = { type: "floating-ip-pool", fqName: [...(network?.fqName ?? []), CANARY] };
  theirs.push({ ...child, uuid: await cloud.create(them.token, child.type, child.fqName) });
});

/** Everything of tenant a as the administrator reads it. */
async function stateOfA(): Promise<string> {
  const read = ({ type, uuid }: (typeof theirs)[number]) => cloud.json(cloud.admin, "GET", `/${type}/${uuid}`);
  return JSON.stringify(await Promise.all(theirs.map(read)));
}

test("tenant a has objects of many types", () => {
  process.stderr.write(
    `isolation: ${theirs.length} objects of ${new Set(theirs.map(({ type }) => type)).size} types\n`,
  );
  expect(theirs.length).toBeGreaterThan(30);
});

describe("without a valid token every route is a 401", () => {
  const hash = (token: string) => createHash("sha256").update(token).digest("hex");
  const made = (first: string) => `ct_${first.repeat(43)}`;
  const tokens: Record<string, () => Promise<string>> = {
    none: async () => "",
    forged: async () => made("x"),
    "a forged key": async () => `ck_0123456789abcdef_${"x".repeat(43)}`,
    nonsense: async () => "admin",
    revoked: async () => {
      const token = await cloud.logIn("admin");
      await cloud.call(token, "DELETE", "/v3/auth/tokens", undefined, { "X-Subject-Token": token });
      return token;
    },
    expired: async () => {
      const token = made("e");
      const store = await openSqliteStore(cloud.node.database);
      const live = (await store.records("session")).at(-1);
      const ended = { ...(JSON.parse(live?.text ?? "") as object), expiresMs: Date.now() - 61_000 };
      expect(await store.swapRecord("session", hash(token), undefined, JSON.stringify(ended))).toBe(true);
      await store.close();
      return token;
    },
    "of a session whose password was changed": async () => {
      await cloud.addUser("changing", [{ role: "admin" }]);
      const token = await cloud.logIn("changing");
      expect((await cloud.call(token, "GET", "/virtual-networks")).status).toBe(200);
      const body = { password: "another long password" };
      expect((await cloud.call(cloud.admin, "PUT", "/access/users/changing/password", body)).status).toBe(200);
      return token;
    },
  };
  test.each(Object.keys(tokens))("%s", async (kind) => {
    const token = (await tokens[kind]?.()) ?? "";
    const network = theirs.find(({ type }) => type === "virtual-network");
    for (const route of routes) {
      if (PUBLIC.includes(route)) continue;
      const [method = "", path = ""] = route.split(" ");
      const filled = path.replace(":types", "virtual-networks").replace(":type", "virtual-network");
      const real = filled.replace(":uuid", network?.uuid ?? "").replace(/:(name|id)/, "admin");
      const answer = await cloud.call(token, method, real, method === "GET" || method === "HEAD" ? undefined : {});
      expect([route, answer.status]).toEqual([route, 401]);
      expect(answer.text).not.toContain(CANARY);
    }
    expect(routes.size).toBeGreaterThan(40);
  });
});

/** Every way to say "this object of theirs", by route. */
function attempts({ type, uuid, fqName }: (typeof theirs)[number], own: string): readonly [string, string, unknown?][] {
  const to = { type: "virtual-network", uuid: own, operation: "ADD" };
  const ref = { "ref-type": type, "ref-uuid": uuid };
  return [
    ["GET", `/${type}/${uuid}`],
    ["GET", `/${type}/${uuid}?fields=display_name`],
    ["PUT", `/${type}/${uuid}`, { [type]: { display_name: "stolen" } }],
    ["PUT", `/${type}/${uuid}`, { [type]: { perms2: { owner: us.projectUuid, owner_access: 7 } } }],
    ["DELETE", `/${type}/${uuid}`],
    ["POST", "/id-to-fqname", { uuid }],
    ["POST", "/fqname-to-id", { type, fq_name: fqName }],
    ["POST", "/chown", { uuid, owner: us.projectUuid }],
    ["POST", "/chmod", { uuid, global_access: 7 }],
    ["POST", "/ref-update", { ...to, ...ref }],
    ["POST", "/ref-update", { ...to, "ref-type": type, "ref-fq-name": fqName }],
    ["POST", "/ref-update", { type, uuid, "ref-type": "tag", "ref-uuid": own, operation: "ADD" }],
    ["POST", "/ref-update", { type, uuid, "ref-type": "virtual-network", "ref-uuid": own, operation: "DELETE" }],
    ["POST", "/ref-relax-for-delete", { uuid, "ref-uuid": own }],
    ["GET", `/prop-collection-get?uuid=${uuid}&fields=annotations`],
    [
      "POST",
      "/prop-collection-update",
      { uuid, updates: [{ field: "annotations", operation: "set", value: { key: "k", value: "v" } }] },
    ],
    ["POST", "/set-tag", { obj_type: type, obj_uuid: uuid, label: { value: "x", is_global: true } }],
    ["POST", `/virtual-network/${uuid}/ip-alloc`, { count: 1 }],
    ["POST", `/virtual-network/${uuid}/ip-free`, { ip_addr: ["10.0.0.3"] }],
    ["POST", `/virtual-network/${uuid}/subnet-ip-count`, { subnet_list: [] }],
    [
      "POST",
      `/${type}s`,
      { [type]: { fq_name: fqName, uuid, ...(fqName.length === 1 ? {} : { parent_type: "project" }) } },
    ],
    ["POST", "/virtual-networks", { "virtual-network": { fq_name: [...us.project, `taken-${uuid}`], uuid } }],
    [
      "POST",
      "/virtual-machine-interfaces",
      {
        "virtual-machine-interface": {
          fq_name: [...us.project, `i-${uuid}`],
          parent_type: "project",
          virtual_network_refs: [{ uuid }],
        },
      },
    ],
    ["POST", "/obj-cache", { obj_uuids: [uuid] }],
    ["DELETE", `/access/users/${them.user}`],
    ["PUT", `/access/users/${them.user}/password`, { password: "a password of ours" }],
    ["POST", "/access/keys", { user: them.user }],
    ["GET", "/v3/auth/tokens"],
  ];
}

test("no route lets tenant b read, change, refer to or remove what is tenant a's", async () => {
  const own = await cloud.create(us.token, "virtual-network", [...us.project, "own"]);
  const before = await stateOfA();
  const met = new Map<number, number>();
  for (const object of theirs) {
    for (const [method, path, body] of attempts(object, own)) {
      const subject = path === "/v3/auth/tokens" ? { "X-Subject-Token": them.token } : undefined;
      const answer = await cloud.call(us.token, method, path, body, subject);
      const what = `${method} ${path} ${JSON.stringify(body ?? "")}: ${answer.text}`;
      met.set(answer.status, (met.get(answer.status) ?? 0) + 1);
      expect([400, 403, 404, 409], what).toContain(answer.status);
      // What a caller names itself may come back in the refusal; what the object holds may not.
      const named = JSON.stringify(body ?? "").includes(CANARY);
      if (!named) expect(answer.text, what).not.toContain(CANARY);
      if (answer.status === 409) expect(answer.text, what).not.toMatch(/with (fq_name|uuid)/);
    }
  }
  process.stderr.write(`isolation: ${JSON.stringify(Object.fromEntries(met))}\n`);
  expect(await stateOfA()).toBe(before);
});

test("a refusal by uuid is a 403, a name that is not visible is not resolved", async () => {
  const [object] = theirs;
  expect((await cloud.call(us.token, "GET", `/${object?.type}/${object?.uuid}`)).status).toBe(403);
  const name = { type: object?.type, fq_name: object?.fqName };
  const answer = await cloud.call(us.token, "POST", "/fqname-to-id", name);
  const nothing = await cloud.call(us.token, "POST", "/fqname-to-id", { ...name, fq_name: [...us.project, "nothing"] });
  expect([answer.status, nothing.status]).toEqual([404, 404]);
});

test("lists, counts, pages, filters and bulk lists hold nothing of tenant a's", async () => {
  const network = theirs.find(({ type }) => type === "virtual-network");
  for (const type of new Set(theirs.map((object) => object.type))) {
    const mine = theirs
      .filter((object) => object.type === type)
      .map(({ uuid }) => uuid)
      .join(",");
    const queries = [
      "",
      "?detail=true",
      `?obj_uuids=${mine}&detail=true`,
      "?shared=true",
      `?parent_id=${them.projectUuid}`,
    ];
    const more = [
      `?back_ref_id=${network?.uuid}`,
      `?filters=display_name=="${CANARY}"`,
      "?page_limit=1000&page_marker=0",
    ];
    for (const query of [...queries, ...more]) {
      const answer = await cloud.call(us.token, "GET", `/${type}s${query}`);
      expect([query, answer.status]).toEqual([query, 200]);
      expect(answer.text).not.toContain(CANARY);
    }
    const counted = await cloud.json(us.token, "GET", `/${type}s?count=true&obj_uuids=${mine}`);
    expect(counted).toEqual({ [`${type}s`]: { count: 0 } });
    const bulk = await cloud.call(us.token, "POST", "/list-bulk-collection", {
      type,
      obj_uuids: mine.split(","),
      detail: true,
    });
    expect([bulk.status, bulk.text.includes(CANARY)]).toEqual([200, false]);
  }
});

test("notes of one project are not another's", async () => {
  const note = { key: "k", value: CANARY };
  await cloud.json(them.token, "POST", "/useragent-kv", { operation: "STORE", ...note });
  expect((await cloud.call(us.token, "POST", "/useragent-kv", { operation: "RETRIEVE", key: "k" })).status).toBe(404);
  await cloud.json(us.token, "POST", "/useragent-kv", { operation: "DELETE", key: "k" });
  expect(await cloud.json(them.token, "POST", "/useragent-kv", { operation: "RETRIEVE", key: "k" })).toEqual({
    value: CANARY,
  });
  const listed = { operation: "RETRIEVE", key: null };
  expect(await cloud.json(us.token, "POST", "/useragent-kv", listed)).toEqual({ value: [] });
  expect(await cloud.json(them.token, "POST", "/useragent-kv", listed)).toEqual({ value: [note] });
  expect(await cloud.json(cloud.admin, "POST", "/useragent-kv", listed)).toEqual({ value: [] });
});

test("keys and users of others are not shown", async () => {
  await cloud.json(them.token, "POST", "/access/keys", {});
  expect(await cloud.json(us.token, "GET", "/access/keys")).toEqual({ keys: [] });
  expect((await cloud.call(us.token, "GET", "/access/users")).status).toBe(403);
});
