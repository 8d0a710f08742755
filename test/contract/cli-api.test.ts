import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { VncClient } from "@contrail/vnc-client";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type CliRun, contrail, REPOSITORY } from "./cli-run.ts";
import { cliEnvironment } from "./config.ts";
import { ConfigNodeProcess } from "./config-node-process.ts";

const directory = mkdtempSync(join(tmpdir(), "contrail-cli-"));
const socketPath = join(directory, "config-rest.sock");
const node = new ConfigNodeProcess(["--rest-socket", socketPath]);
const client = new VncClient({ socketPath });
const PROJECT = "default-domain:cli";
const GRAPH = `
instance-ip:
  fq_name: [cli-ip]
  virtual_network_refs: [{to: ${PROJECT}:red}]
  virtual_machine_interface_refs: [{to: ${PROJECT}:port}]
---
virtual-machine-interface:
  fq_name: ${PROJECT}:port
  parent_type: project
  virtual_network_refs: [{to: ${PROJECT}:red}]
  security_group_refs: [{to: ${PROJECT}:default}]
---
virtual-network:
  fq_name: ${PROJECT}:red
  network_ipam_refs:
    - to: default-domain:default-project:default-network-ipam
      attr: {ipam_subnets: [{subnet: {ip_prefix: 10.77.0.0, ip_prefix_len: 24}}]}
  network_policy_refs: [{to: ${PROJECT}:pass, attr: {sequence: {major: 0, minor: 0}}}]
---
- network-policy: {fq_name: "${PROJECT}:pass"}
- security-group: {fq_name: "${PROJECT}:default", annotations: {key_value_pair: [{key: k, value: v}]}}
- project: {fq_name: "${PROJECT}"}
`;

const api = (...args: string[]): Promise<CliRun> => contrail(directory, ["api", ...args]);
const fed = (input: string, ...args: string[]): Promise<CliRun> => contrail(directory, ["api", ...args], { input });
const apply = (input: string, ...more: string[]): Promise<CliRun> => fed(input, "apply", "-f", "-", ...more);
const actions = ({ stdout }: CliRun): readonly string[] => [...stdout.matchAll(/^\w+/gm)].map(([word]) => word);

/** A program that changes the file that it is given, as a person would. */
function editor(name: string, script: string): string {
  const path = join(directory, name);
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o700);
  return path;
}

async function network() {
  const uuid = await client.find("virtual-network", [...PROJECT.split(":"), "red"]);
  return client.read("virtual-network", uuid ?? "");
}

beforeAll(() => node.run());

afterAll(async () => {
  await node.stop();
  rmSync(directory, { recursive: true });
});

test("a dry run says what would be done and writes nothing", async () => {
  const run = await apply(GRAPH, "--dry-run");
  expect([run.code, run.stdout.match(/^would create /gm)]).toEqual([0, Array(6).fill("would create ")]);
  expect(await client.find("project", PROJECT.split(":"))).toBeUndefined();
});

test("a graph in any order is created by its references; what is born with its parent is changed", async () => {
  const run = await apply(GRAPH);
  expect([run.code, run.stderr]).toEqual([0, "5 created, 1 updated\n"]);
  expect(run.stdout).toMatch(/^created {3}project default-domain:cli\n/);
  expect(run.stdout).toContain("updated   security-group default-domain:cli:default\n");
});

test("a second run changes nothing and writes nothing", async () => {
  const before = JSON.stringify((await network()).id_perms?.last_modified);
  const run = await apply(GRAPH);
  expect([run.code, run.stderr, new Set(actions(run))]).toEqual([0, "6 unchanged\n", new Set(["unchanged"])]);
  expect(JSON.stringify((await network()).id_perms?.last_modified)).toBe(before);
  expect(await fed(GRAPH, "diff", "-f", "-")).toEqual({ code: 0, stdout: "", stderr: "" });
});

test("a difference is shown by property, and applied alone", async () => {
  const changed = GRAPH.replace("virtual-network:\n", "virtual-network:\n  mtu: 1400\n").replace(
    "value: v",
    "value: w",
  );
  const diff = await fed(changed, "diff", "-f", "-");
  expect(diff).toMatchObject({ code: 3, stderr: "" });
  expect(diff.stdout).toContain('    ~ annotations.key_value_pair[0].value: "v" → "w"\n');
  expect(diff.stdout).toContain("    + mtu: 1400\n");
  const run = await apply(changed, "--json");
  const { objects } = JSON.parse(run.stdout);
  expect(objects.filter(({ action }: { action: string }) => action === "updated")).toMatchObject([
    { type: "virtual-network", changes: [{ property: "mtu", before: null, after: 1400 }] },
    { type: "security-group" },
  ]);
  expect(await network()).toMatchObject({ mtu: 1400, network_policy_refs: [{}] });
});

test("nothing is written where one object of many is wrong, and the nearest name is told", async () => {
  const wrong = `virtual-network:\n  - {fq_name: "${PROJECT}:new", mtuu: 1}\n  - {fq_name: "gone:p:n", mtu: x}\n`;
  const run = await apply(wrong);
  expect([run.code, run.stdout]).toEqual([1, ""]);
  expect(run.stderr).toContain("warning: virtual-network default-domain:cli:new: mtuu is no property of a");
  expect(run.stderr).toContain("did you mean mtu?");
  expect(run.stderr).toContain("contrail: virtual-network gone:p:n: mtu: an integer is wanted");
  expect(run.stderr).toContain("its parent project gone:p is neither there nor in the file");
  expect(await client.find("virtual-network", [...PROJECT.split(":"), "new"])).toBeUndefined();
});

test("a failure on the way stops, says what is done, and the run can be made again", async () => {
  const two = (prefix: string) => `
network-policy: {fq_name: "${PROJECT}:first"}
---
virtual-network:
  - fq_name: ${PROJECT}:second
    network_ipam_refs:
      - to: default-domain:default-project:default-network-ipam
        attr: {ipam_subnets: [{subnet: {ip_prefix: ${prefix}, ip_prefix_len: 24}}]}
  - {fq_name: "${PROJECT}:third"}
`;
  const run = await apply(two("no-prefix"));
  expect([run.code, actions(run)]).toEqual([1, ["created", "failed"]]);
  expect(run.stderr).toContain("1 created, 1 failed, 1 not tried\n");
  expect(run.stderr).toContain("run the same command again");
  expect(actions(await apply(two("10.78.0.0")))).toEqual(["unchanged", "created", "created"]);
});

test("references in a ring are set in a second pass", async () => {
  const ring = ["a", "b"].map((name, index, all) => ({
    feature: {
      fq_name: ["default-global-system-config", name],
      feature_refs: [{ to: ["default-global-system-config", all[1 - index]] }],
    },
  }));
  expect(await apply(JSON.stringify(ring))).toMatchObject({ code: 0 });
  const objects = await client.list("feature", true);
  expect(objects.flatMap(({ feature_refs = [] }) => feature_refs)).toHaveLength(2);
  expect(await apply(JSON.stringify(ring))).toMatchObject({ code: 0, stderr: "2 unchanged\n" });
  const { code, stderr } = await api("delete", "feature", "default-global-system-config:a", "--yes");
  const why = "it is referred to by feature default-global-system-config:b; delete those first";
  expect([code, stderr]).toEqual([1, expect.stringContaining(why)]);
});

test("the tree shows children, references, and what the system made", async () => {
  const { code, stdout } = await api("tree", "project", PROJECT);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^project default-domain:cli\n/);
  expect(stdout).toContain("→ network-policy default-domain:cli:pass\n");
  expect(stdout).toMatch(/routing-instance red \(made by the system\)/);
  const whole = await api("tree");
  expect(whole.stdout).toContain("domain default-domain\n");
  expect(whole.stdout).toMatch(/^instance-ip cli-ip$/m);
});

test("completion knows the names that are there, and is silent where no system runs", async () => {
  const { stdout } = await contrail(directory, ["completion", "bash"]);
  const script = join(directory, "completion.bash");
  writeFileSync(script, stdout);
  const line = `contrail api get virtual-network ${PROJECT}:`;
  const call = `. "$1"; COMP_LINE="$2"; COMP_POINT=\${#2}; _contrail; echo $(printf '%s\\n' "\${COMPREPLY[@]}" | sort)`;
  const complete = (sockets: string) =>
    spawnSync("bash", ["--norc", "-c", call, "bash", script, line], {
      encoding: "utf8",
      env: cliEnvironment(sockets, "false"),
    });
  expect(complete(directory)).toMatchObject({ stdout: "red second third\n", stderr: "" });
  expect(complete(join(directory, "nothing"))).toMatchObject({ stdout: "\n", stderr: "" });
});

test("an edit changes what was edited; a text that is refused comes back, and is kept in the end", async () => {
  const name = ["edit", "virtual-network", `${PROJECT}:red`];
  const edit = (script: string) => contrail(directory, ["api", ...name], { editor: script });
  const good = await edit(editor("good", 'sed -i "s/mtu: .*/mtu: 1300/" "$1"'));
  expect([good.code, good.stdout]).toEqual([0, "updated   virtual-network default-domain:cli:red\n"]);
  expect(await network()).toMatchObject({ mtu: 1300, network_policy_refs: [{}] });
  // The first time a wrong value, then it is mended in the text that came back.
  const twice =
    'if grep -q "mtu: many" "$1"; then sed -i "s/mtu: many/mtu: 1200/" "$1"; else sed -i "s/mtu: .*/mtu: many/" "$1"; fi';
  expect((await edit(editor("twice", twice))).code).toBe(0);
  expect(await network()).toMatchObject({ mtu: 1200 });
  expect(await edit(editor("idle", "true"))).toMatchObject({ code: 0, stdout: expect.stringMatching(/^unchanged/) });
  const stubborn = await edit(editor("stubborn", 'sed -i "s/mtu: .*/mtu: many/" "$1"'));
  expect([stubborn.code, stubborn.stderr]).toEqual([
    1,
    expect.stringMatching(/an integer is wanted.*; the text is kept in/),
  ]);
  rmSync(/kept in (.*)\/[^/]+\n$/.exec(stubborn.stderr)?.[1] ?? "", { recursive: true });
  const failing = await edit("false");
  expect([failing.code, failing.stderr]).toEqual([
    1,
    "contrail: false failed: nothing was changed; EDITOR names another\n",
  ]);
  const nobody = await edit("");
  expect([nobody.code, nobody.stderr]).toEqual([
    1,
    expect.stringMatching(/needs a terminal.* api export .* api apply/),
  ]);
});

test("an object is shown in lines, with hrefs as the HTTP API gives them", async () => {
  const { stdout } = await api("get", "virtual-network", `${PROJECT}:red`);
  expect(stdout).toMatch(/^\{\n {2}"/);
  const { uuid, href } = JSON.parse(stdout);
  expect(href).toBe(`http://127.0.0.1:8082/virtual-network/${uuid}`);
});

test("what is missing is said with what is wanted: a file, an object in it, the parents of a name", async () => {
  expect((await api("apply")).stderr).toContain("required option '-f, --file <file>' not specified");
  expect((await apply("")).stderr).toContain("there is no object in standard input; as virtual-network: {");
  const { code, stderr } = await api("create", "virtual-network", "alone");
  expect([code, stderr]).toEqual([
    1,
    "contrail: virtual-network alone: fq_name: the name of its project is wanted in front; the form is domain:project:name\n",
  ]);
  const nowhere = join(directory, "nowhere");
  const told = async (...args: string[]) => {
    const run = await contrail(directory, args);
    return [run.code, run.stdout, run.stderr];
  };
  expect(await told("user", "add", "alice", "--role", "admin", "--password-file", nowhere)).toEqual([
    1,
    "",
    expect.stringContaining(`there is no file ${nowhere}`),
  ]);
  expect(await told("infra", "status", "--dir", nowhere)).toEqual([
    1,
    "",
    `contrail: no servers were started in ${nowhere}; start them by: contrail infra up --dir ${nowhere}\n`,
  ]);
  expect(await told("infra", "down", "--dir", nowhere)).toEqual([
    0,
    "",
    `· no server ran that was started in ${nowhere}\n`,
  ]);
  expect(existsSync(nowhere)).toBe(false);
});

test("a file's name means the directory in which the person stands, though npm runs scripts in the repository", async () => {
  writeFileSync(join(directory, "here.yaml"), GRAPH);
  const args = ["api", "diff", "-f", "here.yaml"];
  const asked = await contrail(directory, args, { cwd: REPOSITORY, env: { INIT_CWD: directory } });
  expect([asked.code, asked.stderr]).toEqual([3, ""]);
  expect((await contrail(directory, args, { cwd: directory, env: { INIT_CWD: REPOSITORY } })).code).toBe(3);
});

test("what somebody else changes during an edit stays; a change of the same property is shown first", async () => {
  const uuid = String((await network()).uuid);
  const put = (change: string) =>
    `curl -sf --unix-socket "${socketPath}" -X PUT -H "Content-Type: application/json" -d '{"virtual-network": {${change}}}' http://x/virtual-network/${uuid} >/dev/null`;
  const other = `${put('"is_shared": true')}; sed -i "s/mtu: .*/mtu: 1301/" "$1"`;
  const beside = await contrail(directory, ["api", "edit", "virtual-network", uuid], {
    editor: editor("other", other),
  });
  expect(beside.code).toBe(0);
  expect(await network()).toMatchObject({ mtu: 1301, is_shared: true });
  const seen = join(directory, "seen");
  const same = `if grep -q "somebody else has changed mtu" "$1"; then cp "$1" "${seen}"; else ${put('"mtu": 1999')}; sed -i "s/mtu: .*/mtu: 1302/" "$1"; fi`;
  const conflict = await contrail(directory, ["api", "edit", "virtual-network", uuid], {
    editor: editor("same", same),
  });
  expect([conflict.code, conflict.stdout]).toEqual([0, expect.stringMatching(/^updated/)]);
  expect(await network()).toMatchObject({ mtu: 1302 });
});

test("a tree is deleted when asked for, after all who refer to it from outside", async () => {
  const alone = await api("delete", "project", PROJECT);
  expect([alone.code, alone.stderr]).toEqual([
    1,
    expect.stringMatching(/^contrail: nothing was deleted: below it are .*virtual-network default-domain:cli:red/),
  ]);
  const domain = await api("delete", "domain", "default-domain");
  expect([domain.code, domain.stderr]).toEqual([1, expect.stringMatching(/is made and needed by the system\n$/)]);
  const all = ["delete", "project", PROJECT, "--recursive"];
  const refused = await api(...all, "--yes");
  expect([refused.code, refused.stdout]).toEqual([1, ""]);
  expect(refused.stderr).toContain("instance-ip cli-ip refers to virtual-network default-domain:cli:red\n");
  const ip = await api("delete", "instance-ip", "cli-ip");
  expect([ip.code, ip.stdout]).toEqual([0, "deleted   instance-ip cli-ip\n"]);
  const unasked = await api(...all);
  expect([unasked.code, unasked.stderr]).toEqual([
    1,
    expect.stringContaining("--yes is wanted where nobody can be asked"),
  ]);
  const done = await api(...all, "--yes");
  expect([done.code, new Set(actions(done))]).toEqual([0, new Set(["deleted"])]);
  expect(await client.find("project", PROJECT.split(":"))).toBeUndefined();
});
