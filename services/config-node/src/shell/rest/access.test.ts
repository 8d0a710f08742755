import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { AuditRecord } from "../../core/access/audit-record.ts";
import { RunningNode } from "../../testing/running-node.ts";
import { PASSWORD, TwoTenants, useTwoTenants } from "../../testing/two-tenants.ts";

const cloud = useTwoTenants();

/** Records of the running node, oldest first. */
function records(name = "changes.log"): readonly AuditRecord[] {
  const text = readFileSync(join(cloud.node.auditDirectory, name), "utf8").trim();
  return text.split("\n").map((line) => JSON.parse(line) as AuditRecord);
}

test("every change and refusal has a record: who, what, on which object, with which result", async () => {
  const { token, project, user } = cloud.tenant("a");
  const made = await cloud.call(token, "POST", "/virtual-networks", {
    "virtual-network": { fq_name: [...project, "n"], mtu: 1400 },
  });
  const uuid = (JSON.parse(made.text) as { readonly "virtual-network": { readonly uuid: string } })["virtual-network"]
    .uuid;
  const refused = await cloud.call(cloud.tenant("b").token, "PUT", `/virtual-network/${uuid}`, {
    "virtual-network": { mtu: 1 },
  });
  const denied = await cloud.call(cloud.tenant("b").token, "GET", `/virtual-network/${uuid}`);
  await cloud.call(token, "DELETE", `/virtual-network/${uuid}`);
  const about = records().filter((record) => record.uuid === uuid);
  const base = { node: "config", type: "virtual-network", uuid };
  expect(about).toMatchObject([
    {
      ...base,
      id: made.headers.get("x-request-id"),
      who: user,
      what: "POST /virtual-networks",
      name: [...project, "n"].join(":"),
      fields: ["fq_name", "mtu"],
      result: "done",
      status: 200,
    },
    {
      ...base,
      id: refused.headers.get("x-request-id"),
      who: "user-b",
      result: "refused",
      status: 403,
      fields: ["mtu"],
      reason: refused.text,
    },
    {
      ...base,
      id: denied.headers.get("x-request-id"),
      who: "user-b",
      what: `GET /virtual-network/${uuid}`,
      status: 403,
    },
    { ...base, who: user, what: `DELETE /virtual-network/${uuid}`, result: "done" },
  ]);
  await cloud.json(token, "GET", "/virtual-networks");
  expect(records().some(({ what }) => what === "GET /virtual-networks")).toBe(false);
});

test("logins are recorded under the user's name, and failures without what was typed", async () => {
  const body = (name: string, password: string) => ({
    auth: { identity: { methods: ["password"], password: { user: { name, password } } } },
  });
  await cloud.node.call("POST", "/v3/auth/tokens", body("user-a", PASSWORD));
  expect(records().at(-1)).toMatchObject({ who: "user-a", what: "POST /v3/auth/tokens", status: 201 });
  await cloud.node.call("POST", "/v3/auth/tokens", body("typed-by-mistake-1", "typed-by-mistake-2"));
  expect(records("denials.log").at(-1)).toMatchObject({ who: "stranger", status: 401, result: "refused" });
  await cloud.node.call("GET", "/virtual-networks", undefined, { "X-Auth-Token": "typed-by-mistake-3" });
  expect(records("denials.log").at(-1)).toMatchObject({ who: "stranger", what: "GET /virtual-networks", status: 401 });
});

test("no secret is in the audit log, in the store as it is on disk, or in an answer", async () => {
  const { token } = cloud.tenant("a");
  const { secret } = await cloud.json(token, "POST", "/access/keys", {});
  const marks = [PASSWORD, token, cloud.admin, String(secret).split("_").slice(2).join("_"), "typed-by-mistake"];
  const files = ["audit/changes.log", "audit/denials.log", "objects.db", "objects.db-wal"].map((name) =>
    readFileSync(join(cloud.node.auditDirectory, "..", name), "latin1"),
  );
  const shown = [
    await cloud.json(cloud.admin, "GET", "/access/users"),
    await cloud.json(cloud.admin, "GET", "/access/keys"),
  ];
  for (const mark of marks) {
    for (const file of files) expect(file.includes(mark)).toBe(false);
    expect(JSON.stringify(shown)).not.toContain(mark);
  }
  expect(JSON.stringify(shown)).not.toMatch(/scrypt|secretHash/);
});

test("a tenant's requests beyond the rate are a 429 with the time to wait; the administrator and other tenants go on", async () => {
  const limited = new TwoTenants({ tenantRate: "20" });
  await limited.start();
  try {
    const [a, b] = [limited.tenant("a"), limited.tenant("b")];
    const answers = await Promise.all(
      Array.from({ length: 200 }, () => limited.call(a.token, "GET", "/network-policys")),
    );
    const refused = answers.filter(({ status }) => status === 429);
    expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThanOrEqual(40);
    expect(refused.length).toBeGreaterThan(0);
    for (const { headers } of refused) expect(Number(headers.get("retry-after"))).toBeGreaterThan(0);
    expect((await limited.call(b.token, "GET", "/network-policys")).status).toBe(200);
    const all = await Promise.all(
      Array.from({ length: 200 }, () => limited.call(limited.admin, "GET", "/network-policys")),
    );
    expect(all.every(({ status }) => status === 200)).toBe(true);
  } finally {
    await limited.stop();
  }
});

test("aaa-mode cloud-admin lets the administrator in, and says to others why not", async () => {
  const closed = new TwoTenants({ aaaMode: "cloud-admin" });
  await closed.start();
  try {
    expect(await closed.json(closed.admin, "GET", "/aaa-mode")).toEqual({ "aaa-mode": "cloud-admin" });
    const answer = await closed.call(closed.tenant("a").token, "GET", "/virtual-networks");
    expect([answer.status, answer.text]).toEqual([403, expect.stringContaining("aaa-mode cloud-admin")]);
  } finally {
    await closed.stop();
  }
});

test("the administrator's socket needs no login, and only its owner may use it", async () => {
  const directory = mkdtempSync(join(tmpdir(), "contrail-admin-"));
  const socketPath = join(directory, "admin.sock");
  const served = new RunningNode({ aaaMode: "rbac", adminSocket: socketPath });
  await served.start();
  try {
    expect((await served.call("GET", "/virtual-networks")).status).toBe(401);
    const status = await new Promise((resolve, reject) => {
      const call = request({ socketPath, path: "/virtual-networks" }, (answer) => resolve(answer.resume().statusCode));
      call.on("error", reject).end();
    });
    expect(status).toBe(200);
    expect(statSync(socketPath).mode & 0o777).toBe(0o600);
  } finally {
    await served.stop();
    rmSync(directory, { recursive: true });
  }
});
