import { existsSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { firstId } from "./extension-offering.ts";
import { InstallCloud, STEPS } from "./install-cloud.ts";
import type { Body, Parameters } from "./signed-client.ts";

let cloud: InstallCloud;

beforeAll(async () => {
  cloud = await InstallCloud.start();
});

afterAll(() => cloud?.process.stop());

/** Every test begins in a cloud without an installation. */
beforeEach(async () => {
  await cloud.report("uninstall");
});

const registration = async (): Promise<Parameters> => ({
  extensionid: await cloud.extensionId(),
  resourcetype: "PhysicalNetwork",
  resourceid: await firstId(cloud.admin, "listPhysicalNetworks", "physicalnetwork"),
});

/** Takes back what one step did, through CloudStack's API. */
const UNDO = {
  "enable-offering": async () =>
    cloud.admin.call("updateNetworkOffering", { id: await cloud.offeringId(), state: "Disabled" }),
  "create-offering": async () => cloud.admin.call("deleteNetworkOffering", { id: await cloud.offeringId() }),
  "register-extension": async () => cloud.admin.call("unregisterExtension", await registration()),
  "enable-extension": async () =>
    cloud.admin.call("updateExtension", { id: await cloud.extensionId(), state: "Disabled" }),
  "write-script": async () => rmSync(cloud.scriptPath),
  "create-extension": async () => cloud.admin.call("deleteExtension", { id: await cloud.extensionId() }),
  "enable-provider": async () => {
    const id = await firstId(cloud.admin, "listNetworkServiceProviders", "networkserviceprovider");
    return cloud.admin.job("updateNetworkServiceProvider", { id, state: "Disabled" });
  },
  "mend-extension": async () =>
    cloud.admin.call("updateExtension", { id: await cloud.extensionId(), "details[0].network.services": "Dhcp" }),
};

describe("contrail cloudstack install", () => {
  test.each([1, 2, 3, 4, 5, 6])("finishes one that broke off before its last %i steps", async (count) => {
    await cloud.report("install");
    const whole = await cloud.state();
    const missing = STEPS.slice(-count);
    for (const step of missing.toReversed()) await UNDO[step]();
    expect(await cloud.doneBy()).toEqual(missing);
    expect(lasting(await cloud.state())).toEqual(lasting(whole));
  });

  test.each(["enable-provider", "mend-extension", "enable-offering"] as const)("mends by %s alone", async (step) => {
    await cloud.report("install");
    const whole = await cloud.state();
    await UNDO[step]();
    expect(await cloud.doneBy()).toEqual([step]);
    expect(lasting(await cloud.state())).toEqual(lasting(whole));
  });

  test("refuses an extension or an offering of a stranger with the name, and makes nothing", async () => {
    await cloud.admin.call("createExtension", { name: "theirs", type: "NetworkOrchestrator", state: "Disabled" });
    const extension = await cloud.contrail("install", "--name", "theirs");
    expect(extension.code).toBe(1);
    expect(extension.stderr).toMatch(/extension theirs that is not OpenContrail's.*--name/);
    await cloud.report("install");
    const before = await cloud.state();
    const offering = await cloud.contrail("install", "--name", "second");
    expect(offering.code).toBe(1);
    expect(offering.stderr).toMatch(/"OpenContrail isolated" .* its service \w+ is given by opencontrail/);
    expect((await cloud.contrail("uninstall", "--name", "theirs")).stderr).toMatch(/it stays/);
    expect(await cloud.state()).toEqual(before);
    await cloud.admin.call("deleteExtension", { id: await cloud.extensionId("theirs") });
  });
});

describe("contrail cloudstack uninstall", () => {
  test("removes all of it, and the second time nothing", async () => {
    const before = await cloud.state();
    await cloud.report("install");
    const removed = await cloud.report("uninstall");
    expect(removed.done.map(({ name }) => name)).toEqual([
      "delete-offering",
      "unregister-extension",
      "disable-extension",
      "remove-script",
      "delete-extension",
    ]);
    expect(await cloud.state()).toEqual(before);
    expect(existsSync(dirname(cloud.scriptPath))).toBe(false);
    expect(await cloud.report("uninstall")).toMatchObject({ changed: false, done: [] });
  });

  test.each([1, 3, 5])("removes what an install left that broke off before its last %i steps", async (count) => {
    const before = await cloud.state();
    await cloud.report("install");
    for (const step of STEPS.slice(-count).toReversed()) await UNDO[step]();
    expect((await cloud.report("uninstall")).changed).toBe(true);
    expect(await cloud.state()).toEqual(before);
  });

  test("removes also what an install that was killed had not yet put in its place", async () => {
    await cloud.report("install");
    writeFileSync(`${cloud.scriptPath}.new`, "#!/bin/s");
    await cloud.report("uninstall");
    expect(existsSync(dirname(cloud.scriptPath))).toBe(false);
  });

  test("leaves an executable that is not this version's, and certificates beside it", async () => {
    await cloud.report("install");
    const key = join(dirname(cloud.scriptPath), "client.key");
    writeFileSync(key, "k");
    writeFileSync(cloud.scriptPath, "#!/bin/sh\n");
    const removed = await cloud.report("uninstall");
    expect(removed.present.join()).toContain("remove it by hand");
    expect([existsSync(cloud.scriptPath), existsSync(key)]).toEqual([true, true]);
    rmSync(dirname(cloud.scriptPath), { recursive: true });
  });

  test("is refused with a list of the networks that use the offering, also those of a project", async () => {
    await cloud.report("install");
    const made = await cloud.admin.job("createProject", { name: "p1", displaytext: "p1" });
    const projectid = String((made.project as Body).id); // One object.
    const networks = [await cloud.network("n1", 3001), await cloud.network("n2", 3002, { projectid })];
    const before = await cloud.state();
    const refused = await cloud.contrail("uninstall");
    expect(refused.code).toBe(1);
    for (const id of networks) expect(refused.stderr).toContain(id);
    expect(refused.stderr).toMatch(/network n1 .*account admin, domain ROOT.*"OpenContrail isolated"/);
    expect(refused.stderr).toMatch(/network n2 .*project p1/);
    expect((await cloud.contrail("uninstall", "--plan")).stdout).toMatch(/^refused {3}network n1/m);
    expect(await cloud.state()).toEqual(before);
    await cloud.deleteNetworks(networks);
    await cloud.admin.job("deleteProject", { id: projectid });
    expect((await cloud.report("uninstall")).changed).toBe(true);
  });
});

/** What stays the same when a thing is made again. */
function lasting(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (key, inner: unknown) => (/^(id|created|script)$/.test(key) ? "" : inner)));
}
