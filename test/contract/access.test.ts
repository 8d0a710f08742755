import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { createAuthority, issue } from "@contrail/pki";
import { connectVnc } from "@contrail/vnc-client";
import { afterAll, beforeAll, expect, test } from "vitest";
import { contrail } from "./cli-run.ts";
import { pythonSettings } from "./config.ts";
import { ConfigNodeProcess } from "./config-node-process.ts";
import { extensionTest, objectOf, runScript } from "./extension-call.ts";
import { recordedSamples } from "./extension-recordings.ts";
import { PluginProcess } from "./plugin-process.ts";
import { missingPython, pythonWithClient } from "./python-environment.ts";

const HERE = dirname(fileURLToPath(import.meta.url));
const PASSWORD = "correct horse battery";

const missing = missingPython();
if (missing !== undefined) process.stderr.write(`SKIPPED access by the Python client: ${missing}\n`);

/** A node on all addresses with TLS and rbac, as one that other machines use; its administrator's socket is where the CLI looks. */
let node: ConfigNodeProcess;
let directory: string;
let url: string;
const caFile = () => join(directory, "ca.crt");
const passwordFile = () => join(directory, "password");
const cli = (args: readonly string[], input = "") => contrail(directory, args, { input });

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "contrail-access-"));
  await createAuthority(directory);
  await issue(directory, { role: "config", name: "config", addresses: ["127.0.0.1"] });
  writeFileSync(passwordFile(), `${PASSWORD}\n`, { mode: 0o600 });
  const secure = ["--rest-listen", "0.0.0.0:0", "--pki-dir", directory, "--aaa-mode", "rbac", "--tenant-rate", "0"];
  node = new ConfigNodeProcess([...secure, "--admin-socket", join(directory, "config-rest.sock")]);
  await node.run();
  url = `https://127.0.0.1:${node.port}`;
  for (const name of ["alice", "bob"]) {
    const quota = name === "alice" ? ["--data", '{"quota": {"network_policy": 1}}'] : [];
    expect(await cli(["api", "create", "project", `default-domain:${name}-p`, ...quota])).toMatchObject({ code: 0 });
    const where = ["--project", `default-domain:${name}-p`, "--password-file", passwordFile()];
    expect(await cli(["user", "add", name, ...where])).toEqual({
      code: 0,
      stdout: `user ${name} is added\n`,
      stderr: "",
    });
  }
  const rule = { rule_object: "*", rule_field: "", rule_perms: [{ role_name: "member", role_crud: "CRUD" }] };
  const list = ["api-access-list", "default-global-system-config:members"];
  const data = JSON.stringify({ parent_type: "global-system-config", api_access_list_entries: { rbac_rule: [rule] } });
  expect(await cli(["api", "create", ...list, "--data", data])).toMatchObject({ code: 0 });
});

afterAll(async () => {
  await node?.stop();
  rmSync(directory, { recursive: true });
});

test.skipIf(missing !== undefined)(
  "the published Python client, unmodified, works in its keystone mode over TLS",
  async () => {
    const flags = [join(HERE, "exercise_keystone.py"), String(node.port), passwordFile()];
    const env = pythonSettings({ REQUESTS_CA_BUNDLE: caFile() });
    const { stdout } = await promisify(execFile)(pythonWithClient(), flags, { env });
    const calls = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { readonly call: string; readonly failure: string | null });
    expect(calls.filter(({ failure }) => failure !== null)).toEqual([]);
    const names = ["own_objects", "objects_of_others", "sharing", "who_am_i"];
    const more = ["logs_in_again_when_its_token_is_over", "quota", "refusals"];
    expect(calls.map(({ call }) => call)).toEqual([...names, ...more]);
  },
);

test("users are added, listed, given another password and removed by the CLI", async () => {
  const added = await cli(
    ["user", "add", "carol", "--role", "reader", "--password-file", "-", "--json"],
    `${PASSWORD}\n`,
  );
  expect([added.code, JSON.parse(added.stdout)]).toMatchObject([
    0,
    { user: { name: "carol", grants: [{ role: "reader" }] } },
  ]);
  const listed = await cli(["user", "list"]);
  expect(listed.stdout).toMatch(
    /^NAME +ROLES +ADDED\nalice +member in default-domain:alice-p .*\n(.*\n)*carol +reader everywhere/,
  );
  expect(await cli(["user", "grant", "carol", "--project", "default-domain:bob-p"])).toMatchObject({ code: 0 });
  expect((await cli(["user", "list"])).stdout).toMatch(/\ncarol +member in default-domain:bob-p /);
  expect(await cli(["user", "passwd", "carol"], "another long password\n")).toMatchObject({ code: 0 });
  expect(await cli(["user", "remove", "carol"])).toMatchObject({ code: 0 });
  const again = await cli(["user", "remove", "carol"]);
  expect([again.code, again.stderr]).toEqual([1, "contrail: there is no user carol\n"]);
});

test("a password on the command line, in a file that others read, or in several lines is refused", async () => {
  const open = join(directory, "open");
  writeFileSync(open, PASSWORD, { mode: 0o644 });
  const add = ["user", "add", "dave", "--role", "reader"];
  expect(await cli([...add, "--password", PASSWORD])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("unknown option"),
  });
  expect((await cli([...add, "--password-file", open])).stderr).toBe(
    `contrail: ${open}: others may read it: chmod 600 ${open}\n`,
  );
  expect((await cli(add, "one\ntwo\n")).stderr).toMatch(/one line/);
  expect((await cli(add, "short\n")).stderr).toBe("contrail: a password has 10 to 256 characters\n");
  expect((await cli(["user", "add", "dave"])).stderr).toMatch(/what may dave do\? name a place by --project/);
});

test("a key is made into a file of its own, lets a program in over TLS, and is of no use when it is revoked", async () => {
  const out = join(directory, "alice.key");
  const made = await cli(["key", "add", "--user", "alice", "--expires-in", "30d", "--out", out, "--json"]);
  const { key } = JSON.parse(made.stdout) as { readonly key: { readonly id: string; readonly project: string } };
  expect([statSync(out).mode & 0o777, key.project]).toEqual([0o600, "default-domain:alice-p"]);
  expect(made.stdout).not.toContain(readFileSync(out, "utf8").trim());
  const vnc = connectVnc({ url, caFile: caFile(), keyFile: out });
  const fqName = ["default-domain", "alice-p", "by key"];
  const uuid = await vnc.create("virtual-network", { fq_name: fqName, parent_type: "project" });
  expect(await vnc.read("virtual-network", uuid)).toMatchObject({ fq_name: fqName });
  await expect(vnc.create("virtual-network", { fq_name: ["default-domain", "bob-p", "n"] })).rejects.toMatchObject({
    code: "vnc.bad_request",
  });
  const remote = { CONTRAIL_API_URL: url, CONTRAIL_API_CA_FILE: caFile(), CONTRAIL_API_KEY_FILE: out };
  const listed = await contrail(directory, ["api", "list", "virtual-network"], { env: remote });
  expect([listed.code, listed.stdout]).toEqual([0, expect.stringContaining("default-domain:alice-p:by key")]);
  expect((await cli(["key", "list"])).stdout).toMatch(new RegExp(`${key.id} +alice +in default-domain:alice-p`));
  expect(await cli(["key", "revoke", key.id])).toMatchObject({ code: 0 });
  await expect(vnc.read("virtual-network", uuid)).rejects.toMatchObject({ code: "vnc.unauthenticated" });
  const refused = await contrail(directory, ["api", "list", "virtual-network"], { env: remote });
  expect([refused.code, refused.stderr]).toEqual([1, expect.stringMatching(/^contrail: Authentication required/)]);
});

extensionTest(
  "CloudStack's plugin writes over TLS with a key of the administrator, and not with a tenant's",
  async () => {
    const keys = ["operator", "alice"].map((name) => join(directory, `${name}-plugin.key`));
    expect(await cli(["user", "add", "operator", "--role", "admin", "--password-file", passwordFile()])).toMatchObject({
      code: 0,
    });
    const sample = recordedSamples().find(({ command }) => command === "implement-network");
    const outcomes: string[] = [];
    for (const [index, user] of ["operator", "alice"].entries()) {
      expect(await cli(["key", "add", "--user", user, "--out", keys[index] ?? ""])).toMatchObject({ code: 0 });
      const flags = ["--config-url", url, "--config-ca-file", caFile(), "--config-key-file", keys[index] ?? ""];
      const plugin = new PluginProcess(directory, join(directory, "no.sock"), flags);
      await plugin.run();
      const run = await runScript("sh", "implement-network", sample?.file, { OPENCONTRAIL_PLUGIN: plugin.socket });
      outcomes.push(String(objectOf(run).status));
      await plugin.kill();
    }
    expect(outcomes).toEqual(["success", "error"]);
    const records = readFileSync(join(node.directory, "audit/changes.log"), "utf8").trim().split("\n");
    const made = records.filter((line) => line.includes('"who":"operator"') && line.includes("POST /virtual-networks"));
    expect(made).toHaveLength(1);
  },
);

test("an address that is not fit for it is refused with what to do", () => {
  const keyFile = "";
  const wrong: readonly (readonly [object, RegExp])[] = [
    [{ url: "http://198.51.100.1:8082" }, /plain HTTP is for this machine only: use https/],
    [{ url: "ftp://x" }, /no http or https address/],
    [{ url }, /https needs the file of the CA/],
    [{ url, caFile: join(directory, "nothing") }, /ENOENT/],
    [{ url, caFile: caFile(), keyFile: passwordFile() }, /holds no API key: make one by "contrail key add"/],
  ];
  for (const [access, text] of wrong) expect(() => connectVnc({ caFile: "", keyFile, url, ...access })).toThrow(text);
});
