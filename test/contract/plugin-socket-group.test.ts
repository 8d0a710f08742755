import { spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { PluginProcess, SCRIPT } from "./plugin-process.ts";

/** Somebody who is not root, as CloudStack's user is, in the group that is let in and in another. */
const USER = 65_534;
const GROUP = 1_234;
const OTHER_GROUP = 1_235;

const missing =
  process.geteuid?.() !== 0 ? "needs root" : existsSync("/usr/bin/curl") ? undefined : "needs /usr/bin/curl";
if (missing !== undefined) process.stderr.write(`skipped: the socket's group (${missing})\n`);

describe.skipIf(missing !== undefined)("the plugin's socket with --socket-group", () => {
  const directory = mkdtempSync(join(tmpdir(), "contrail-group-"));
  const [script, payload] = [join(directory, "opencontrail.sh"), join(directory, "payload.json")];
  let plugin: PluginProcess;

  beforeAll(async () => {
    chmodSync(directory, 0o755);
    copyFileSync(SCRIPT, script);
    chmodSync(script, 0o755);
    writeFileSync(payload, '{"physical-network-extension-details":{},"payload":{"network_id":"1"}}');
    const nowhere = join(directory, "config.sock");
    plugin = new PluginProcess(directory, nowhere, ["--socket-group", String(GROUP)]);
    await plugin.run();
  });

  afterAll(async () => {
    await plugin?.end();
    rmSync(directory, { recursive: true });
  });

  const run = (gid: number, file = payload) => {
    const env = { PATH: "/usr/bin:/bin", OPENCONTRAIL_PLUGIN: plugin.socket }; // HOME is not set.
    const { status, stdout } = spawnSync("sh", [script, "add-static-nat", file, "60"], {
      uid: USER,
      gid,
      env,
      encoding: "utf8",
    });
    return { status, message: (JSON.parse(stdout) as { readonly message: string }).message };
  };

  test("lets that group in", () => {
    expect(run(GROUP)).toEqual({ status: 1, message: expect.stringContaining("not supported") });
  });

  test("keeps others out, who are told why and what to do", () => {
    expect(run(OTHER_GROUP)).toEqual({ status: 1, message: expect.stringContaining("--socket-group") });
  });

  test("a payload that the user may not read is told as such", () => {
    chmodSync(payload, 0o000);
    try {
      expect(run(GROUP)).toEqual({ status: 1, message: expect.stringContaining("cannot be read") });
    } finally {
      chmodSync(payload, 0o644);
    }
  });

  test("is refused at the start where the machine has no such group", async () => {
    const other = new PluginProcess(join(directory), join(directory, "config.sock"), [
      "--socket-group",
      "no-such-group",
    ]);
    await expect(other.run()).rejects.toThrow("this machine has no group no-such-group");
  });
});
