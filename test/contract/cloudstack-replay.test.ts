import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JsonObject } from "@contrail/schema";
import { VncClient } from "@contrail/vnc-client";
import { afterAll, beforeAll, expect } from "vitest";
import { ConfigNodeProcess } from "./config-node-process.ts";
import { extensionTest, objectOf, runScript, type ScriptRun } from "./extension-call.ts";
import { type RecordedCall, recordedSequence } from "./extension-recordings.ts";
import { PluginProcess } from "./plugin-process.ts";
import { effectOf } from "./recorded-effect.ts";

const UNSUPPORTED = /(static-nat|port-forward|-ip|-rules|-acl|-vpc|custom-action)$/;
/** Calls that are recorded by their keys only, and have no sample. */
const SKIPPED = 8;
const TYPES = ["virtual-network", "virtual-machine-interface", "instance-ip", "virtual-machine"];

const directory = mkdtempSync(join(tmpdir(), "contrail-replay-"));
const configSocket = join(directory, "rest.sock");
const node = new ConfigNodeProcess(["--rest-socket", configSocket]);
const plugin = new PluginProcess(directory, configSocket);
const vnc = new VncClient({ socketPath: configSocket });
const { calls, skipped } = recordedSequence();

beforeAll(async () => {
  await node.run();
  await plugin.run();
});

afterAll(async () => {
  await plugin.kill();
  await node.stop();
  rmSync(directory, { recursive: true });
});

function send({ command, file }: RecordedCall): Promise<ScriptRun> {
  return runScript("sh", command, file, { OPENCONTRAIL_PLUGIN: plugin.socket });
}

/** Every object of the types that the plugin writes, whole, by uuid. */
async function snapshot(): Promise<ReadonlyMap<string, JsonObject>> {
  const all = await Promise.all(TYPES.map((type) => vnc.list(type, true)));
  return new Map(all.flat().map((object) => [String(object.uuid), object]));
}

function isTier(file: string): boolean {
  return "vpc_id" in ((JSON.parse(file) as { payload?: object }).payload ?? {});
}

/** True where this version answers a command with its full effect. */
function isSupported({ command, file }: RecordedCall): boolean {
  if (UNSUPPORTED.test(command)) return false;
  return command === "ensure-network-device" || !isTier(file) || /^(shutdown|destroy|release|remove)-/.test(command);
}

extensionTest("each recorded command has its effect once: sent again at once, it writes nothing", async () => {
  const before = await snapshot();
  const seen = new Map<string, number>();
  let changing = 0;
  for (const call of calls) {
    const [start, first] = [await snapshot(), await send(call)];
    const after = await snapshot();
    const effect = isSupported(call) ? effectOf(call.command, call.file, [...after.values()]) : undefined;
    if (effect !== undefined) {
      expect(effect.found, `${call.operation}: ${call.command}`).toEqual(effect.wanted);
      seen.set(call.command, (seen.get(call.command) ?? 0) + 1);
    }
    const second = await send(call);
    const wanted = isSupported(call) ? { exit: 0, status: "success" } : { exit: 1, status: "error" };
    for (const run of [first, second]) {
      expect(
        { exit: run.exit, status: objectOf(run).status },
        `${call.operation}: ${call.command}: ${run.output}`,
      ).toEqual(wanted);
    }
    expect(await snapshot(), `${call.operation}: ${call.command}, again`).toEqual(after);
    if (!equal(start, after)) changing++;
  }
  process.stdout.write(
    `${calls.length} calls, ${changing} of them changed something, ${skipped} recorded by keys only\n`,
  );
  process.stdout.write(
    `effects that were compared: ${[...seen].map(([name, times]) => `${name} ${times}`).join(", ")}\n`,
  );
  expect(changing).toBeGreaterThan(80);
  expect(skipped).toBe(SKIPPED);
  expect([...seen.keys()].toSorted()).toEqual(["add-dhcp-entry", "add-dns-entry", "implement-network", "save-vm-data"]);
  expect([...(await snapshot()).keys()].toSorted(), "nothing is left").toEqual([...before.keys()].toSorted());
});

function equal(a: ReadonlyMap<string, JsonObject>, b: ReadonlyMap<string, JsonObject>): boolean {
  return (
    a.size === b.size &&
    [...a].every(
      ([uuid, object]) =>
        b.get(uuid)?.configuration_version === object.configuration_version && text(b.get(uuid)) === text(object),
    )
  );
}

function text(object: JsonObject | undefined): string {
  return JSON.stringify(object, (_key, value: unknown) => (typeof value === "bigint" ? String(value) : value));
}

extensionTest("the log names no password, no key, and no payload", () => {
  expect(plugin.log).not.toMatch(/vm-password|ssh-public-key|redacted|cloud-config/);
  expect(plugin.log).toContain("not supported by this version");
});
