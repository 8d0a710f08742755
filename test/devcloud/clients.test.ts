import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { clientEnvironment } from "./config.ts";
import { ExtensionCloud } from "./extension-cloud.ts";
import { holdings } from "./holdings.ts";
import { missingPython, pythonWithClients } from "./python-environment.ts";

const HERE = dirname(fileURLToPath(import.meta.url));
const missing = missingPython();
if (missing !== undefined) process.stderr.write(`SKIPPED clients of CloudStack: ${missing}\n`);

describe.skipIf(missing !== undefined)("a client of CloudStack, unmodified, works", () => {
  let cloud: ExtensionCloud;
  let programs: string;

  beforeAll(async () => {
    programs = pythonWithClients();
    cloud = await ExtensionCloud.start();
  }, 400_000);

  afterAll(() => cloud?.process.stop());

  const keys = (): { key: string; secret: string } => {
    const ini = readFileSync(cloud.process.keyFile, "utf8");
    return { key: /key = (.+)/.exec(ini)?.[1] ?? "", secret: /secret = (.+)/.exec(ini)?.[1] ?? "" };
  };

  test.each([
    ["cs 5.2", "exercise_cs.py", "910"],
    ["apache-libcloud 3.9", "exercise_libcloud.py", "920"],
  ])("%s", async (_client, script, vlan) => {
    const { key, secret } = keys();
    const args = [join(HERE, script), cloud.process.url, key, secret, cloud.offering, vlan];
    const { stdout } = await promisify(execFile)(join(programs, "python"), args, { maxBuffer: 16 << 20 });
    expect(stdout.trim()).toBe("done");
  });

  test("ansible 12.3 with ngine_io.cloudstack: a second run changes nothing, a third removes all", {
    timeout: 600_000,
  }, async () => {
    const play = async (state: string): Promise<Record<string, number>> => {
      const { key, secret } = keys();
      const args = [
        "-i",
        "localhost,",
        "-e",
        `state=${state}`,
        "-e",
        `ansible_python_interpreter=${programs}/python`,
        join(HERE, "playbook.yml"),
      ];
      const env = clientEnvironment({
        CLOUDSTACK_ENDPOINT: cloud.process.url,
        CLOUDSTACK_KEY: key,
        CLOUDSTACK_SECRET: secret,
        HOME: cloud.process.directory,
      });
      const run = promisify(execFile)(join(programs, "ansible-playbook"), args, { env, maxBuffer: 16 << 20 });
      const { stdout } = await run.catch((reason: Error & { stdout?: string }) => {
        throw new Error(`${reason.stdout ?? ""}${reason.message}`);
      });
      const recap = /localhost\s+:(.*)/.exec(stdout)?.[1] ?? "";
      return Object.fromEntries(
        [...recap.matchAll(/(\w+)=(\d+)/g)].map(([, name = "", count]) => [name, Number(count)]),
      );
    };
    const before = await holdings(cloud.admin);
    expect(await play("present")).toMatchObject({ ok: 5, changed: 5, failed: 0 });
    const accounts = await cloud.admin.call("listAccounts", { name: "shopkeeper", listall: "true" });
    expect(accounts).toMatchObject({ count: 1, account: [{ user: [{ username: "shopkeeper" }] }] });
    const machines = (await cloud.admin.call("listVirtualMachines", { projectid: "-1", listall: "true" })) as {
      virtualmachine: readonly { state: string; nic: readonly unknown[] }[];
    }; // Made just now.
    expect(machines.virtualmachine.map(({ state, nic }) => [state, nic.length])).toEqual([
      ["Running", 2],
      ["Running", 2],
    ]);
    expect(await play("present")).toMatchObject({ ok: 5, changed: 0, failed: 0 });
    expect(await play("absent")).toMatchObject({ ok: 5, changed: 5, failed: 0 });
    expect(await holdings(cloud.admin)).toEqual(before);
  });
});
