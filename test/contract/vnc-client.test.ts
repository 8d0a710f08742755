import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { objectTypes } from "@contrail/schema";
import { VncClient } from "@contrail/vnc-client";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ConfigNodeProcess } from "./config-node-process.ts";

const PROJECT = ["default-domain", "default-project"];
const sockets = mkdtempSync(join(tmpdir(), "contrail-socket-"));
const socketPath = join(sockets, "rest.sock");
const node = new ConfigNodeProcess(["--rest-socket", socketPath]);

beforeAll(() => node.run());

afterAll(async () => {
  await node.stop();
  rmSync(sockets, { recursive: true });
});

const clients: [string, () => VncClient][] = [
  ["TCP", () => new VncClient({ host: "127.0.0.1", port: node.port })],
  ["the unix socket", () => new VncClient({ socketPath })],
];

describe.each(clients)("our own client, over %s", (name, connect) => {
  test("takes an object through its life, with a reference", async () => {
    const client = connect();
    const policy = await client.create("network-policy", { fq_name: [...PROJECT, `policy ${name}`] });
    const network = await client.create("virtual-network", { fq_name: [...PROJECT, `network ${name}`], mtu: 1400 });
    const [from, to] = [
      { type: "virtual-network", uuid: network },
      { type: "network-policy", uuid: policy },
    ];
    await client.updateReference("ADD", from, to, { sequence: { major: 1, minor: 0 } });
    await client.update("virtual-network", network, { mtu: 1500 });
    const shown = await client.read("virtual-network", network);
    expect(shown).toMatchObject({ mtu: 1500, network_policy_refs: [{ uuid: policy }] });
    expect(typeof (shown.id_perms as { uuid: { uuid_mslong: unknown } }).uuid.uuid_mslong).toBe("bigint");
    expect(await client.find("virtual-network", [...PROJECT, `network ${name}`])).toBe(network);
    const uuids = (await client.list("virtual-network")).map(({ uuid }) => uuid);
    const whole = (await client.list("virtual-network", true)).find(({ uuid }) => uuid === network);
    expect(uuids).toContain(network);
    expect(whole).toMatchObject({ mtu: 1500 });
    await client.updateReference("DELETE", from, to);
    await client.remove("network-policy", policy);
    await client.remove("virtual-network", network);
    expect(await client.find("virtual-network", [...PROJECT, `network ${name}`])).toBeUndefined();
  });

  test("makes an object once, though twenty ask for it at the same time", async () => {
    const object = { fq_name: [...PROJECT, `once ${name}`] };
    const asked = Array.from({ length: 20 }, () => connect().ensure("virtual-network", object));
    expect(new Set(await Promise.all(asked)).size).toBe(1);
  });

  test("gives the server's text and a code for every refusal", async () => {
    const client = connect();
    await expect(client.read("virtual-network", "../x y")).rejects.toMatchObject({
      code: "vnc.not_found",
      message: "No virtual-network object found for id ../x y",
    });
    await expect(client.create("virtual-network", { fq_name: ["a", "b", "c"] })).rejects.toMatchObject({
      code: "vnc.bad_request",
      message: "Parent ['a', 'b'] type project does not exist",
    });
    const project = await client.find("project", PROJECT);
    await expect(client.remove("project", project ?? "")).rejects.toMatchObject({ code: "vnc.conflict" });
  });
});

test("our own client lists objects of every type", async () => {
  const client = new VncClient({ host: "127.0.0.1", port: node.port });
  for (const { name } of objectTypes()) expect(Array.isArray(await client.list(name, true)), name).toBe(true);
});

test("a server that is not there is told from one that refuses", async () => {
  const client = new VncClient({ socketPath: join(sockets, "nobody.sock") });
  await expect(client.list("domain")).rejects.toMatchObject({ code: "vnc.unavailable" });
});
