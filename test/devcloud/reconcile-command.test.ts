import { runContrail } from "@contrail/testkit/contrail";
import { afterAll, beforeAll, expect, test } from "vitest";
import { PluginCloud } from "./plugin-cloud.ts";

let world: PluginCloud;
let network: string;

beforeAll(async () => {
  world = await PluginCloud.start(["--grace-seconds", "3600"]);
  network = await world.network("admin", "web", 3_001);
  await world.deploy(world.admin, "m0", [network]);
});

afterAll(() => world?.stop());

function contrail(command: string, ...args: readonly string[]) {
  return runContrail(["cloudstack", command, "--socket", world.plugin.controlSocket, ...args]);
}

test("status tells that CloudStack answers, and what the reconciler did", async () => {
  await world.until("the reconciler has asked CloudStack", async () =>
    (await contrail("status")).stdout.includes("last reconciliation"),
  );
  const { code, stdout } = await contrail("status");
  expect(code).toBe(0);
  expect(stdout).toMatch(/^CloudStack's API +answers since \S+$/m);
  expect(stdout).toMatch(/^differences left +0$/m);
});

test("diff ends with 0 where nothing differs, and says what CloudStack has", async () => {
  const { code, stdout } = await contrail("diff");
  expect(code).toBe(0);
  expect(stdout).toMatch(/^no differences; CloudStack has 1 network, 1 machine, 1 NIC /);
});

test("what differs is shown with exit code 3, left alone by diff, and settled by reconcile", async () => {
  await world.vnc.update("virtual-network", network, { display_name: "wrong" });
  for (let times = 0; times < 2; times++) {
    const { code, stdout } = await contrail("diff");
    expect(code).toBe(3);
    expect(stdout).toMatch(new RegExp(`^mend +virtual-network +web +${network} `, "m"));
    expect(stdout).toMatch(/^1 difference;/m);
  }
  const scripted = await contrail("diff", "--json");
  expect(scripted.code).toBe(3);
  expect(JSON.parse(scripted.stdout)).toMatchObject({ differences: [{ action: "mend", uuid: network }] });
  const done = await contrail("reconcile");
  expect(done.code).toBe(0);
  expect(done.stdout).toMatch(/^1 difference, 1 settled by 1 write, 0 failed, 0 waiting /);
  expect((await contrail("diff")).code).toBe(0);
  expect((await world.object("virtual-network", network))?.display_name).toBe("web");
});

test("a diff that is cut says how many there are, and how to see all", async () => {
  await world.vnc.update("virtual-network", network, { display_name: "wrong" });
  const [port] = await world.vnc.list("virtual-machine-interface");
  await world.vnc.update("virtual-machine-interface", String(port?.uuid), { display_name: "wrong" });
  const cut = await contrail("diff", "--limit", "1");
  expect(cut.code).toBe(3);
  expect(cut.stdout).toMatch(/^2 differences, the first 1 are shown; all: --limit 2;/m);
  expect(cut.stdout.match(/^mend /gm)).toHaveLength(1);
  expect((await contrail("diff", "--limit", "2")).stdout.match(/^mend /gm)).toHaveLength(2);
  const wrong = await contrail("diff", "--limit", "0");
  expect([wrong.code, wrong.stderr]).toEqual([
    1,
    expect.stringMatching(/option '--limit <number>' .*from 1 to 1000000\./),
  ]);
  expect((await contrail("reconcile")).code).toBe(0);
});

test("what CloudStack no longer has waits for its grace, unless a person says otherwise", async () => {
  const uuid = "deadbeef-0000-4000-8000-000000000001";
  const found = await world.vnc.read("virtual-network", network);
  const annotations = {
    key_value_pair: [{ key: "cloudstack.network-id", value: "99999" }],
  };
  const fq_name = [...(found.fq_name as readonly string[]).slice(0, -1), "gone"]; // Names of strings.
  await world.vnc.create("virtual-network", { uuid, fq_name, parent_type: "project", annotations });
  const waiting = await contrail("diff");
  expect(waiting.code).toBe(3);
  expect(waiting.stdout).toMatch(new RegExp(`^wait +virtual-network +gone +${uuid} .* \\d+ s$`, "m"));
  expect((await contrail("reconcile")).stdout).toMatch(/0 settled by 0 writes, 0 failed, 1 waiting/);
  expect(await world.object("virtual-network", uuid)).toBeDefined();
  expect((await contrail("status")).stdout).toMatch(/differences left +1 \(waiting for the grace time\)$/m);
  const atOnce = await contrail("reconcile", "--without-grace");
  expect([atOnce.code, atOnce.stdout]).toEqual([0, expect.stringMatching(/1 settled by 1 write, 0 failed, 0 waiting/)]);
  expect((await contrail("events", "--limit", "1")).stdout).toMatch(/ reconciled +.*: 0 made or mended, 1 removed$/m);
  expect(await world.object("virtual-network", uuid)).toBeUndefined();
  expect((await contrail("diff")).code).toBe(0);
});

test("a CloudStack that is gone is told by diff and reconcile with exit code 1", async () => {
  await world.cloud.kill();
  for (const command of ["diff", "reconcile"]) {
    const { code, stderr } = await contrail(command);
    expect([code, stderr]).toEqual([1, expect.stringMatching(/CloudStack's API at .* cannot be reached/)]);
  }
});
