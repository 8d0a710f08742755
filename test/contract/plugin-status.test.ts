import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { VncClient } from "@contrail/vnc-client";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ConfigNodeProcess } from "./config-node-process.ts";
import { extensionTest, objectOf, runScript } from "./extension-call.ts";
import { PluginProcess } from "./plugin-process.ts";

const directory = mkdtempSync(join(tmpdir(), "contrail-plugin-status-"));
const configSocket = join(directory, "rest.sock");
const node = new ConfigNodeProcess(["--rest-socket", configSocket]);
const plugin = new PluginProcess(directory, configSocket);
const NIC = {
  network_id: "208",
  cidr: "10.1.1.0/24",
  gateway: "10.1.1.1",
  nic_id: "7",
  nic_uuid: "c0000000-0000-4000-8000-000000000007",
  mac: "02:00:00:00:01:07",
  ip: "10.1.1.7",
};

beforeAll(async () => {
  await node.run();
  await plugin.run();
});

afterAll(async () => {
  await plugin.kill();
  await node.stop();
  rmSync(directory, { recursive: true });
});

async function send(command: string, payload: object): Promise<unknown> {
  const file = JSON.stringify({ "physical-network-extension-details": {}, payload });
  return objectOf(await runScript("sh", command, file, { OPENCONTRAIL_PLUGIN: plugin.socket })).status;
}

interface Event {
  readonly id: number;
  readonly kind: string;
  readonly text: string;
  readonly details: Readonly<Record<string, string>>;
}

async function eventsOf(query = ""): Promise<readonly Event[]> {
  const text = await plugin.ask(plugin.controlSocket, `/events${query}`);
  return (JSON.parse(text) as { events: readonly Event[] }).events; // The plugin's form.
}

test("the control socket is its owner's alone", () => {
  expect(statSync(plugin.controlSocket).mode & 0o777).toBe(0o600);
});

extensionTest(
  "a failure is shown with what to do, as an event and in the metrics, until the command works",
  async () => {
    await node.kill();
    expect(await send("prepare-nic", NIC)).toBe("error");
    expect(await send("prepare-nic", NIC)).toBe("error");
    const status = await plugin.status();
    expect(status.configuration).toMatchObject({ socket: configSocket, reachable: false });
    expect(status.failures).toMatchObject({ open: 1, forgotten: 0 });
    expect(status.failures.list).toMatchObject([
      { command: "prepare-nic", network: "208", nic: "7", code: "vnc.unavailable", times: 2, closedAt: null },
    ]);
    expect(status.failures.list[0]?.next).toContain(configSocket);
    expect(status.calls).toEqual([{ command: "prepare-nic", done: 0, failed: 2 }]);
    expect((await eventsOf()).map(({ id, kind, details }) => [id, kind, details.nic])).toEqual([
      [1, "command-failed", "7"],
      [2, "command-failed", "7"],
    ]);
    const metrics = await plugin.ask(plugin.introspectSocket, "/metrics");
    expect(metrics).toContain('contrail_cloudstack_failures_total{command="prepare-nic",code="vnc.unavailable"} 2');
    expect(metrics).toContain("contrail_cloudstack_open_failures 1");
    await node.run();
    expect(await send("prepare-nic", NIC)).toBe("success");
    const after = await plugin.status();
    expect(after.configuration).toMatchObject({ reachable: true, reason: null });
    expect(after.failures.open).toBe(0);
    expect(after.failures.list[0]?.closedAt).toMatch(/^\d{4}-\d\d-\d\dT/);
    expect((await eventsOf("?limit=1")).map(({ id, kind }) => [id, kind])).toEqual([[3, "command-recovered"]]);
    expect((await eventsOf("?after=1&limit=10")).map(({ id }) => id)).toEqual([2, 3]);
    expect(await plugin.ask(plugin.introspectSocket, "/metrics")).toContain("contrail_cloudstack_open_failures 0");
  },
);

extensionTest("a command that this version refuses names the service to take off the offering", async () => {
  expect(await send("apply-fw-rules", NIC)).toBe("error");
  const { list, open } = (await plugin.status()).failures;
  expect(open).toBe(1);
  expect(list[0]).toMatchObject({ command: "apply-fw-rules", code: "cloudstack.unsupported", network: "208" });
  expect(list[0]?.next).toContain("Take the service Firewall off the network offering");
});

extensionTest("a network's end ends its failures", async () => {
  expect(await send("remove-dhcp-entry", NIC)).toBe("success");
  expect(await send("destroy-network", NIC)).toBe("success");
  expect((await plugin.status()).failures.open).toBe(0);
  expect(await new VncClient({ socketPath: configSocket }).list("virtual-machine-interface")).toEqual([]);
});

test.each(["?limit=0", "?limit=many", "?limit=1001", "?after=-1"])("/events%s is refused", async (query) => {
  expect(JSON.parse(await plugin.ask(plugin.controlSocket, `/events${query}`))).toMatchObject({
    code: "control.bad_request",
  });
});
