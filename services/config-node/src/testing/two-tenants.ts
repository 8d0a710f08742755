import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JsonObject } from "@contrail/schema";
import { afterAll, beforeAll, expect } from "vitest";
import { type Answer, RunningNode } from "./running-node.ts";

/** A tenant of the test's cloud: its project, its user's name, and a token of his. */
export interface TestTenant {
  readonly project: readonly string[];
  readonly projectUuid: string;
  readonly user: string;
  readonly token: string;
}

/** Password of every user of the test's cloud. */
export const PASSWORD = "correct horse battery";

/** A node with aaa-mode rbac, its administrator, and two tenants "a" and "b", whose role member may do everything that rules can give. */
export class TwoTenants {
  readonly #directory = mkdtempSync(join(tmpdir(), "contrail-tenants-"));
  readonly node: RunningNode;
  admin = "";
  readonly tenants = new Map<string, TestTenant>();

  constructor(more: Readonly<Record<string, string>> = {}) {
    const adminPasswordFile = join(this.#directory, "password");
    writeFileSync(adminPasswordFile, `${PASSWORD}\n`, { mode: 0o600 });
    this.node = new RunningNode({ aaaMode: "rbac", tenantRate: "0", adminPasswordFile, ...more });
  }

  async start(): Promise<void> {
    await this.node.start();
    this.admin = await this.logIn("admin");
    await this.allow([{ rule_object: "*", rule_field: "", rule_perms: [{ role_name: "member", role_crud: "CRUD" }] }]);
    for (const name of ["a", "b"]) this.tenants.set(name, await this.#addTenant(name));
  }

  async stop(): Promise<void> {
    await this.node.stop();
    rmSync(this.#directory, { recursive: true });
  }

  tenant(name: "a" | "b"): TestTenant {
    const found = this.tenants.get(name);
    if (found === undefined) throw new Error(`no tenant ${name}`);
    return found;
  }

  /** A call with somebody's token; without one where it is "". */
  call(
    token: string,
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    return this.node.call(method, path, body, { ...headers, ...(token === "" ? {} : { "X-Auth-Token": token }) });
  }

  /** The object in a 200's body; fails with the server's text otherwise. */
  async json(token: string, method: string, path: string, body?: unknown): Promise<JsonObject> {
    const { status, text } = await this.call(token, method, path, body);
    expect(status, `${method} ${path}: ${text}`).toBe(200);
    return JSON.parse(text === "" ? "{}" : text) as JsonObject; // Answers of the API are objects.
  }

  /** Creates an object and gives its uuid. */
  async create(token: string, type: string, fqName: readonly string[], more: object = {}): Promise<string> {
    const answer = await this.json(token, "POST", `/${type}s`, { [type]: { fq_name: fqName, ...more } });
    return String((answer[type] as JsonObject).uuid);
  }

  /** Logs in by password; project: "domain:project", the user's usual one where absent. */
  async logIn(user: string, project?: readonly string[]): Promise<string> {
    const [domain, name] = project ?? [];
    const scope = project === undefined ? {} : { scope: { project: { name, domain: { name: domain } } } };
    const identity = {
      methods: ["password"],
      password: { user: { name: user, domain: { id: "default" }, password: PASSWORD } },
    };
    const answer = await this.node.call("POST", "/v3/auth/tokens", { auth: { identity, ...scope } });
    expect([answer.status, answer.text]).toEqual([201, expect.stringContaining('"token"')]);
    return answer.headers.get("x-subject-token") ?? "";
  }

  addUser(name: string, grants: readonly object[]): Promise<JsonObject> {
    return this.json(this.admin, "POST", "/access/users", { name, password: PASSWORD, grants });
  }

  /** Makes these the rules of the whole cloud. */
  async allow(rules: readonly object[]): Promise<void> {
    const type = "api-access-list";
    const fqName = ["default-global-system-config", "default-api-access-list"];
    const { uuid } = await this.json(this.admin, "POST", "/fqname-to-id", { type, fq_name: fqName });
    const entries = { api_access_list_entries: { rbac_rule: rules } };
    await this.json(this.admin, "PUT", `/${type}/${String(uuid)}`, { [type]: entries });
  }

  async #addTenant(name: string): Promise<TestTenant> {
    const project = ["default-domain", `project-${name}`];
    const projectUuid = await this.create(this.admin, "project", project);
    await this.addUser(`user-${name}`, [{ role: "member", project: project.join(":") }]);
    return { project, projectUuid, user: `user-${name}`, token: await this.logIn(`user-${name}`) };
  }
}

/** Two tenants that live as long as the tests of a file. */
export function useTwoTenants(more: Readonly<Record<string, string>> = {}): TwoTenants {
  const cloud = new TwoTenants(more);
  beforeAll(() => cloud.start());
  afterAll(() => cloud.stop());
  return cloud;
}
