import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { VncClient } from "@contrail/vnc-client";
import { afterAll, beforeAll, expect, test } from "vitest";
import { contrail } from "./cli-run.ts";
import { ConfigNodeProcess } from "./config-node-process.ts";

const DEADLINE_MS = 60_000;
const directory = mkdtempSync(join(tmpdir(), "contrail-backup-"));
const socketPath = join(directory, "config-rest.sock");
const node = new ConfigNodeProcess(["--rest-socket", socketPath]);
const file = join(directory, "saved.jsonl");
const PROJECT = ["default-domain", "default-project"];

const cli = (...args: string[]) => contrail(directory, args);
const storeFlags = (dataDir: string): string[] => ["--", "--data-dir", dataDir];
const lines = (path: string): string[] => readFileSync(path, "utf8").split("\n");

/** Networks with addresses, a policy between two of them, a key: what has derived objects and numbers. */
async function fill(): Promise<void> {
  const vnc = new VncClient({ socketPath });
  const policy = await vnc.create("network-policy", {
    fq_name: [...PROJECT, "pass"],
    parent_type: "project",
    network_policy_entries: {
      policy_rule: [
        {
          direction: "<>",
          protocol: "any",
          src_addresses: [{ virtual_network: [...PROJECT, "red"].join(":") }],
          dst_addresses: [{ virtual_network: [...PROJECT, "blue"].join(":") }],
          src_ports: [{ start_port: -1, end_port: -1 }],
          dst_ports: [{ start_port: -1, end_port: -1 }],
          action_list: { simple_action: "pass" },
        },
      ],
    },
  });
  expect(policy).toBeDefined();
  for (const [name, prefix] of [
    ["red", "10.1.0.0"],
    ["blue", "10.2.0.0"],
  ] as const) {
    await vnc.create("virtual-network", {
      fq_name: [...PROJECT, name],
      parent_type: "project",
      network_ipam_refs: [
        {
          to: [...PROJECT, "default-network-ipam"],
          attr: { ipam_subnets: [{ subnet: { ip_prefix: prefix, ip_prefix_len: 24 } }] },
        },
      ],
      network_policy_refs: [{ to: [...PROJECT, "pass"], attr: { sequence: { major: 0, minor: 0 } } }],
    });
    await vnc.create("instance-ip", {
      fq_name: [`ip-${name}`],
      virtual_network_refs: [{ to: [...PROJECT, name], attr: null }],
    });
  }
  await vnc.call("POST", "/useragent-kv", { operation: "STORE", key: "k", value: "v" });
}

/** Resolves when a node has published everything and its transformer rests. */
async function rested(port: number): Promise<void> {
  const deadline = Date.now() + DEADLINE_MS;
  for (let before = ""; Date.now() < deadline; ) {
    const shown = await (await fetch(`http://127.0.0.1:${port}/status`)).text();
    const { unpublished, leading, derivedPending } = JSON.parse(shown) as Record<string, unknown>;
    if (unpublished === 0 && leading === true && derivedPending === 0 && shown === before) return;
    before = shown;
  }
  throw new Error("the node did not come to rest");
}

beforeAll(async () => {
  await node.run();
  await fill();
  await rested(node.introspectPort);
});

afterAll(async () => {
  await node.stop();
  rmSync(directory, { recursive: true });
});

test("a running node's store is saved, put back elsewhere, served, and saved again: byte by byte the same", async () => {
  expect(await cli("backup", file, ...storeFlags(node.directory))).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/saved\.jsonl: \d+ objects, \d+ numbers, 1 keys\n$/),
  });
  const target = new ConfigNodeProcess();
  try {
    const put = await cli("restore", file, "--json", ...storeFlags(target.directory));
    expect(put.code, put.stderr).toBe(0);
    expect(JSON.parse(put.stdout)).toMatchObject({ file, keys: 1, before: null });
    await target.run();
    await rested(target.introspectPort);
    const again = join(directory, "again.jsonl");
    expect((await cli("backup", again, ...storeFlags(target.directory))).code).toBe(0);
    expect(lines(again)).toEqual(lines(file));
    const url = `http://127.0.0.1:${target.port}`;
    const body = JSON.stringify({ operation: "RETRIEVE", key: "k" });
    const answer = await fetch(`${url}/useragent-kv`, {
      method: "POST",
      body,
      headers: { "content-type": "application/json" },
    });
    expect(await answer.json()).toEqual({ value: "v" });
    // The next network's number and address are those that the backup's own do not have.
    const vnc = new VncClient({ host: "127.0.0.1", port: target.port });
    const ip = await vnc.create("instance-ip", {
      fq_name: ["next"],
      virtual_network_refs: [{ to: [...PROJECT, "red"], attr: null }],
    });
    const taken = lines(file).filter((line) => line.includes('"instance_ip_address"'));
    expect(taken.join("\n")).not.toContain(`"${String((await vnc.read("instance-ip", ip)).instance_ip_address)}"`);
  } finally {
    await target.stop();
  }
});

test("a file that is there is replaced only when that is asked for; - is standard output", async () => {
  const taken = join(directory, "taken.jsonl");
  writeFileSync(taken, "mine");
  expect(await cli("backup", taken, ...storeFlags(node.directory))).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("--force"),
  });
  expect(readFileSync(taken, "utf8")).toBe("mine");
  expect((await cli("backup", taken, "--force", ...storeFlags(node.directory))).code).toBe(0);
  const printed = await cli("backup", "-", ...storeFlags(node.directory));
  expect(printed.stdout).toBe(readFileSync(taken, "utf8"));
});

test("databases that a node uses are not replaced; those of one that has ended are put aside", async () => {
  const other = await ConfigNodeProcess.start();
  try {
    const asked = () => cli("restore", file, "--replace", ...storeFlags(other.directory));
    expect(await cli("restore", file, ...storeFlags(other.directory))).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("stop the system that uses it (contrail down), then give --replace"),
    });
    expect(await asked()).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("is in use; stop the system first"),
    });
    await other.end();
    expect((await asked()).code).toBe(0);
    const [aside = ""] = readdirSync(other.directory).filter((name) => name.startsWith("before-restore-"));
    expect(readdirSync(join(other.directory, aside)).sort()).toEqual(expect.arrayContaining(["log.db", "objects.db"]));
    await other.run();
  } finally {
    await other.stop();
  }
});

test("a file that was cut off, or is none, changes nothing; where there is no store, the next step is told", async () => {
  const target = join(directory, "empty");
  const cut = join(directory, "cut.jsonl");
  writeFileSync(cut, lines(file).slice(0, 9).join("\n"));
  for (const [wrong, text] of [
    [cut, `${cut}: line 9: the end is missing`],
    [join(directory, "none"), "no such file"],
    [process.execPath, `${process.execPath}: line 1: no backup`],
  ] as const) {
    const { code, stderr } = await cli("restore", wrong, ...storeFlags(target));
    expect([code, stderr]).toEqual([1, expect.stringContaining(text)]);
    expect(existsSync(join(target, "objects.db"))).toBe(false);
  }
  const nowhere = join(directory, "nowhere");
  expect(await cli("backup", join(nowhere, "x"), ...storeFlags(node.directory))).toMatchObject({
    code: 1,
    stderr: `contrail: ${nowhere}/x cannot be written: there is no directory ${nowhere}\n`,
  });
  expect(await cli("backup", join(directory, "x"), ...storeFlags(target))).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("--data-dir"),
  });
});

test("db check asks the running node, and says that all fits together", async () => {
  expect(await cli("db", "check")).toMatchObject({ code: 0, stdout: "all fits together\n" });
  expect(JSON.parse((await cli("db", "check", "--repair", "--json")).stdout)).toEqual({ problems: [], repaired: [] });
});
