import type { EmbeddedSystem } from "@contrail/testkit/embedded";
import { expect } from "vitest";
import { fails, machines, NETWORK, succeeds } from "./command-run.ts";

const NOWHERE = "10.99.0.1";
const DEADLINE_MS = 30_000;

/** The operator's tools while m1 on host1 and m2 on host2 are there and have talked. */
export async function toolsShowMachines(system: EmbeddedSystem): Promise<void> {
  const json = async (...args: readonly string[]) => JSON.parse(await succeeds(system, ...args, "--json"));
  const [first, second] = await machines(system);
  const row = new RegExp(`host1 .*${first?.device} .*${first?.address} .*${first?.mac}`);
  expect(await succeeds(system, "vif")).toMatch(row);
  const vifs = await json("vif");
  expect(vifs.host1).toEqual([expect.objectContaining({ device: first?.device, machine: "m1", mac: first?.mac })]);
  expect(vifs.host2).toEqual([expect.objectContaining({ device: second?.device, machine: "m2" })]);
  expect(vifs.host1[0].counters.receivedPackets).toBeGreaterThan(0);
  expect(Object.keys(await json("rt", "--host", "host1"))).toEqual(["host1"]);
  expect((await json("rt")).host1).toContainEqual(expect.objectContaining({ prefix: `${second?.address}/32` }));
  const routes = await succeeds(system, "rt", "--host", "host2");
  expect(routes).toMatch(new RegExp(`${first?.address}/32 .* tunnel to 172\\.30\\.1\\.2 .* ${NETWORK} `));
  expect(routes).toMatch(new RegExp(`${second?.address}/32 .* ${second?.device} of m2 .* ${NETWORK} `));
  await system.contrail("machine", "exec", "m1", "ping", "-n", "-c", "1", "-W", "2", String(second?.address));
  const flows = (await json("flow")).host1.map(({ key }: { key: object }) => key);
  expect(flows).toContainEqual(expect.objectContaining({ protocol: "icmp", destinationAddress: second?.address }));
  expect(await succeeds(system, "flow")).toMatch(/PROTO +SOURCE +DESTINATION/);
  await dropsAreShown(system);
  for (const tool of ["vif", "rt", "flow", "dropstats"])
    await fails(system, "There is no such host; hosts are host1, host2.", tool, "--host", "host9");
  for (const limit of ["0", "x", "20000"])
    await fails(system, "option '--limit <number>' argument", "rt", "--limit", limit);
  await fails(system, "option '--offset <number>' argument", "flow", "--offset=-1");
}

/** A node's introspect, as a browser reads it on the machine's loopback. */
export async function introspectIsServed(system: EmbeddedSystem): Promise<void> {
  await fails(system, "those that have it: config, control1", "introspect", "nothing");
  const command = system.run.contrail(["introspect", "control1"]);
  await command.said("its URL", DEADLINE_MS, ({ stdout }) => stdout.includes("\n"));
  const url = /http:\S+/.exec(command.stdout)?.[0] ?? "";
  const accept = { headers: { accept: "text/html" } };
  const index = await (await fetch(`${url}neighbours`, accept)).text();
  const link = /href="(\/neighbour\?name=[^"]+)"/.exec(index)?.[1] ?? "";
  const page = await fetch(new URL(link, url), accept);
  expect([page.status, await page.text()]).toEqual([200, expect.stringContaining("172.30.12.2")]);
  await command.stop(DEADLINE_MS);
}

/** Sessions and routes of the control nodes while m1 on host1 is there. */
export async function bgpIsShown(system: EmbeddedSystem): Promise<void> {
  const json = async (...args: readonly string[]) => JSON.parse(await succeeds(system, "bgp", ...args, "--json"));
  const [first] = await machines(system);
  const address = String(first?.address);
  expect(await succeeds(system, "bgp", "summary")).toMatch(/control1 +control2 +172\.30\.12\.2 +64512 +established/);
  const { control1: neighbour } = await json("neighbor", "172.30.12.2");
  expect(neighbour.routes).toMatchObject({ inStep: true, missed: 0 });
  expect(neighbour.capabilities.peer).toContainEqual({ kind: "multiprotocol", afi: 1, safi: 128 });
  expect(neighbour.messagesReceived.open).toBeGreaterThan(0);
  const { control1: known } = await json("route", address, "--family", "inet-vpn");
  expect(known).toMatchObject([{ prefix: `${address}/32`, paths: expect.arrayContaining([FROM_HOST1]) }]);
  const instance = `${NETWORK}:${NETWORK.split(":").at(-1)}`;
  expect(await succeeds(system, "bgp", "route", address, "--instance", instance, "--node", "control2")).toMatch(
    new RegExp(`control2 +${address}/32 +172\\.30\\.1\\.2 `),
  );
  const why = await succeeds(system, "bgp", "why", address, "--source", "host1", "--node", "control1");
  for (const line of [
    /best {2}from agent host1 via 172\.30\.1\.2/,
    `imported into ${instance}`,
    "advertised to control2",
  ])
    expect(why).toMatch(line);
  const nowhere = await system.contrail("bgp", "route", NOWHERE);
  expect([nowhere.code, nowhere.stderr]).toEqual([3, expect.stringContaining("no such route")]);
  const unknown = await system.contrail("bgp", "route", "--instance", "nope");
  expect([unknown.code, unknown.stderr]).toEqual([3, expect.stringContaining("contrail api list routing-instance")]);
  const filtered = ["bgp", "route", "--instance", instance, "--source", "host1"];
  await fails(
    system,
    "--source cannot be given with --instance here: routes of an instance are chosen by",
    ...filtered,
  );
  const after = await system.contrail("bgp", "route", address, "--offset", "9", "--limit", "1");
  expect([after.code, after.stderr]).toEqual([3, expect.stringContaining("no more routes than the 9")]);
  await fails(system, "prefix: not an address or prefix", "bgp", "why", "10.0.0.1/8");
  await fails(system, "there is no BGP peer nobody; see: contrail bgp summary", "bgp", "neighbor", "nobody");
  await fails(system, "There is no such control node; they are control1, control2.", "bgp", "summary", "--node", "x");
}

const FROM_HOST1 = expect.objectContaining({ source: "agent host1", nextHop: "172.30.1.2", best: true });

async function dropsAreShown(system: EmbeddedSystem): Promise<void> {
  const lost = await system.contrail("machine", "exec", "m1", "ping", "-n", "-c", "1", "-W", "1", NOWHERE);
  expect(lost.code).toBe(1);
  const { host1 } = JSON.parse(await succeeds(system, "dropstats", "--json"));
  expect(host1.discard).toBeGreaterThan(0);
  expect(await succeeds(system, "dropstats", "--host", "host1")).toMatch(/host1 +discard +[1-9]/);
  const all = JSON.parse(await succeeds(system, "dropstats", "--all", "--json"));
  expect(Object.keys(all.host1).length).toBeGreaterThan(20);
}
