import { chmodSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { SCRIPT } from "@contrail/test-contract";
import { runContrail } from "@contrail/testkit/contrail";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { InstallCloud, OFFERING, STEPS } from "./install-cloud.ts";
import type { Body } from "./signed-client.ts";

describe("contrail cloudstack install", () => {
  let cloud: InstallCloud;

  beforeAll(async () => {
    cloud = await InstallCloud.start();
  });

  afterAll(() => cloud?.process.stop());

  /** Every test begins in a cloud without an installation. */
  beforeEach(async () => {
    await cloud.report("uninstall");
  });

  test("makes all of it, in the order in which CloudStack takes it, and the second time nothing", async () => {
    expect(await cloud.doneBy()).toEqual(STEPS);
    const after = await cloud.state();
    expect(after.extensions).toMatchObject([
      {
        name: "opencontrail",
        type: "NetworkOrchestrator",
        state: "Enabled",
        pathready: true,
        details: { "network.services": "Dhcp,Dns,UserData", "network.allocate.extension.ip": "false" },
        resources: [{ name: "zone1-pnet", details: { "plugin-socket": "/run/contrail/cloudstack-plugin.sock" } }],
      },
    ]);
    expect(after.providers).toMatchObject([
      { name: "opencontrail", state: "Enabled", servicelist: ["Dhcp", "Dns", "UserData"] },
    ]);
    expect(after.offerings).toMatchObject([
      { name: OFFERING, state: "Enabled", guestiptype: "Isolated", specifyvlan: true, forvpc: false },
    ]);
    expect(readFileSync(cloud.scriptPath)).toEqual(readFileSync(SCRIPT));
    expect(statSync(cloud.scriptPath).mode & 0o777).toBe(0o755);

    const again = await cloud.report("install");
    expect(again).toMatchObject({ changed: false, done: [] });
    expect(again.present).toHaveLength(5);
    expect(await cloud.state()).toEqual(after);
  });

  test("shows its plan without a change, and the plan is what is done then", async () => {
    const before = await cloud.state();
    const planned: unknown = JSON.parse((await cloud.contrail("install", "--plan", "--json")).stdout);
    expect(planned).toMatchObject({ present: [], refusals: [], steps: STEPS.map((name) => ({ name })) });
    expect(await cloud.state()).toEqual(before);
    expect((await cloud.contrail("install", "--plan")).stdout).toMatch(/^to do {5}make extension opencontrail$/m);
    await cloud.report("install");
    expect((await cloud.contrail("install", "--plan")).stdout).toMatch(/^nothing to do$/m);
  });

  test("a network of its offering can be made", async () => {
    await cloud.report("install");
    const id = await cloud.network("n1", 3001);
    expect((await cloud.admin.call("listNetworks", { id })).network).toMatchObject([
      { networkofferingname: OFFERING, state: "Allocated" },
    ]);
    await cloud.deleteNetworks([id]);
  });

  test("two at once end in one whole installation", async () => {
    const both = await Promise.all([cloud.contrail("install"), cloud.contrail("install")]);
    const lost = both.filter(({ code }) => code !== 0);
    expect(lost.length).toBeLessThan(2);
    for (const { stderr } of lost) expect(stderr).toMatch(/CloudStack refused/);
    await cloud.report("install");
    const after = await cloud.state();
    expect([after.extensions.length, after.providers.length, after.offerings.length]).toEqual([1, 1, 1]);
    expect(await cloud.doneBy()).toEqual([]);
  });

  test("another plugin address, or another text of the executable, is overwritten only when that was agreed to", async () => {
    await cloud.report("install");
    writeFileSync(cloud.scriptPath, "#!/bin/sh\n");
    const before = await cloud.state();
    const refused = await cloud.contrail("install", "--plugin-url", "https://plugin.example:8443");
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(/agree by --yes/);
    expect(refused.stderr).toContain(cloud.scriptPath);
    expect(refused.stderr).toContain("plugin-url=https://plugin.example:8443");
    const forScripts = await cloud.contrail("install", "--plugin-url", "https://plugin.example:8443", "--json");
    expect([forScripts.code, JSON.parse(forScripts.stdout)]).toMatchObject([1, { changed: false }]);
    expect(JSON.parse(forScripts.stdout).refusals.join()).toContain("plugin-url=https://plugin.example:8443");
    expect(await cloud.state()).toEqual(before);
    expect(await cloud.doneBy("--plugin-url", "https://plugin.example:8443", "--yes")).toEqual([
      "write-script",
      "mend-registration",
    ]);
    const [extension] = (await cloud.state()).extensions;
    expect(extension?.resources).toMatchObject([{ details: { "plugin-url": "https://plugin.example:8443" } }]);
    expect(readFileSync(cloud.scriptPath)).toEqual(readFileSync(SCRIPT));
  });

  test("a second installation lives beside the first under names of its own", async () => {
    await cloud.report("install");
    const before = await cloud.state();
    const own = ["--name", "second", "--offering", "Second"];
    expect(await cloud.doneBy(...own)).toEqual(STEPS);
    expect((await cloud.report("uninstall", ...own)).changed).toBe(true);
    expect(await cloud.state()).toEqual(before);
  });

  test("where the executable cannot be written, it says what to copy where and goes on when it is there", async () => {
    const folder = dirname(cloud.scriptPath);
    writeFileSync(folder, "", { mode: 0o644 }); // No folder: not even root can write into it.
    let isCopied = false;
    const finished = await runContrail(["cloudstack", "install", "--api-key-file", cloud.process.keyFile], (stderr) => {
      const told = `copy ${SCRIPT} to ${cloud.scriptPath} on every management server, mode 755`;
      if (isCopied || !stderr.includes(told)) return;
      isCopied = true;
      cloud.putScript(() => rmSync(folder));
    });
    expect(cloud.quiet(finished)).toMatchObject({ code: 0 });
    expect(isCopied).toBe(true);
    expect(await cloud.doneBy()).toEqual([]);
  });

  test("where it does not come in time, that is an error, and the next run goes on from there", async () => {
    const folder = dirname(cloud.scriptPath);
    writeFileSync(folder, "");
    chmodSync(folder, 0o644);
    const finished = await cloud.contrail("install", "--wait", "0");
    expect(finished.code).toBe(1);
    expect(finished.stderr).toContain(`copy ${SCRIPT} to ${cloud.scriptPath}`);
    rmSync(folder);
    expect(await cloud.doneBy()).toEqual(STEPS.slice(1));
  });

  test("all physical networks of the zone are registered, or the named one", async () => {
    await cloud.process.kill();
    addPhysicalNetwork(cloud.process.directory, "zone1-second");
    await cloud.process.run();
    const registered = async () => {
      const [extension] = (await cloud.state()).extensions;
      return ((extension?.resources ?? []) as readonly Body[]).map(({ name }) => name).toSorted();
    };
    await cloud.report("install", "--physical-network", "zone1-second");
    expect(await registered()).toEqual(["zone1-second"]);
    expect(await cloud.doneBy()).toEqual(["register-extension"]);
    expect(await registered()).toEqual(["zone1-pnet", "zone1-second"]);
    const wrong = await cloud.contrail("install", "--physical-network", "zone9");
    expect(wrong.stderr).toMatch(/zone9 of zone zone1 is not there; guest traffic is on: zone1-pnet, zone1-second/);
    expect((await cloud.contrail("install", "--zone", "nowhere")).stderr).toMatch(/no zone nowhere; there are: zone1/);
    const removed = await cloud.report("uninstall");
    expect(removed.done.filter(({ name }) => name === "unregister-extension")).toHaveLength(2);
  });
});

/** DevCloud has no command that makes one; the second row differs from the first in name, number and uuid. */
function addPhysicalNetwork(directory: string, name: string): void {
  const database = new DatabaseSync(join(directory, "devcloud.db"));
  const { body } = database.prepare("SELECT body FROM object WHERE kind = 'physicalNetwork'").get() ?? {};
  const uuid = "c09f077f-f1c7-4d7a-a556-000000000002";
  const row = { ...(JSON.parse(String(body)) as Body), name, uuid, number: 2 };
  database
    .prepare("INSERT INTO object (kind, uuid, number, body) VALUES ('physicalNetwork', ?, 2, ?)")
    .run(uuid, JSON.stringify(row));
  database.close();
}
