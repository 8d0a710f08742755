import { Resolver } from "node:dns/promises";
import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { CloudStackClient, httpTransport, readKeyFile } from "@contrail/cloudstack-api";
import { systemClock } from "@contrail/runtime";
import { type EmbeddedSystem, eventually } from "@contrail/testkit/embedded";
import { expect } from "vitest";
import { fails, succeeds } from "./command-run.ts";
import { type SystemUnderTest, scenario } from "./running-system.ts";

const GATEWAY = "10.7.1.1";
const DEADLINE_MS = 60_000;
/** One that no name server has (RFC 6761 section 6.4), and one that each has that knows the outside. */
const OUTSIDE_NAMES = ["nothing.invalid", "example.com"];
/** Prints what a name server says of names: their first addresses, or codes. */
const RESOLVE =
  'const { Resolver } = require("node:dns").promises; const resolver = new Resolver({ timeout: 4000, tries: 2 }); ' +
  "resolver.setServers([process.argv[1]]); Promise.all(process.argv.slice(2).map((name) => resolver.resolve4(name).then(" +
  "(found) => found.sort()[0], (reason) => reason.code))).then((found) => console.log(JSON.stringify(found)))";

/** CloudStack's API as users find it, and its machines. */
export function cloudTests(under: SystemUnderTest): void {
  scenario(
    under,
    "a machine is deployed by the key file's API, listed, entered, has names of the outside, and outlives the cloud's processes",
    deployed,
  );
  scenario(under, "contrail cs calls the API, and says what is wrong with a call", calls);
}

async function deployed(system: EmbeddedSystem): Promise<void> {
  const cloud = await client(system);
  const ids = await choices(cloud);
  const subnet = { gateway: GATEWAY, netmask: "255.255.255.0", vlan: "701" };
  const { network } = await cloud.call("createNetwork", { name: "seven", ...ids.network, ...subnet });
  const networkids = idOf(network);
  const wish = { name: "cloudy", networkids, ipaddress: "10.7.1.77", ...ids.machine };
  const { virtualmachine } = await cloud.run("deployVirtualMachine", wish);
  const id = idOf(virtualmachine);
  try {
    const [machine] = (await system.status()).cloudMachines;
    expect(machine).toMatchObject({ uuid: id, name: "cloudy", account: "admin", domain: "ROOT" });
    expect(machine?.nics).toMatchObject([{ network: "seven", networkUuid: networkids, address: "10.7.1.77" }]);
    await isAsDeployed(system, machine?.instanceName ?? "");
    for (const node of ["devcloud", "cloudstack-plugin", "resolver"]) await crashed(system, node);
    await system.healthy(DEADLINE_MS);
    expect((await system.status()).cloudMachines).toEqual([machine]);
    await isAsDeployed(system, machine?.instanceName ?? "");
  } finally {
    await cloud.run("destroyVirtualMachine", { id, expunge: "true" });
    await cloud.run("deleteNetwork", { id: networkids });
  }
  expect((await system.status()).cloudMachines).toEqual([]);
}

async function isAsDeployed(system: EmbeddedSystem, name: string): Promise<void> {
  const listed = JSON.parse(await succeeds(system, "machine", "list", "--json"));
  expect(listed).toMatchObject([{ name, address: "10.7.1.77", cloudstack: { name: "cloudy" } }]);
  await fails(system, `contrail cs destroyVirtualMachine id=${listed[0].machineUuid}`, "machine", "rm", name);
  expect(await succeeds(system, "machine", "list")).toMatch(new RegExp(`^${name} +host[12] +10\\.7\\.1\\.77 `, "m"));
  expect(await succeeds(system, "status")).toContain(name);
  expect(await succeeds(system, "machine", "exec", name, "ip", "-4", "addr")).toContain("inet 10.7.1.77/24");
  await namesInside(system, name);
  const asked = ["machine", "exec", name, process.execPath, "-e", RESOLVE, GATEWAY, ...OUTSIDE_NAMES];
  expect(JSON.parse(await succeeds(system, ...asked))).toEqual(await Promise.all(OUTSIDE_NAMES.map(resolvedHere)));
}

/** The machine has its own name, and the names of its network by its own name server, not by this machine's. */
async function namesInside(system: EmbeddedSystem, name: string): Promise<void> {
  const here = [readFileSync("/etc/resolv.conf", "utf8"), hostname()];
  const inside = (...command: readonly string[]) => succeeds(system, "machine", "exec", name, "--", ...command);
  expect(await inside("hostname")).toBe("cloudy\n");
  expect(await inside("cat", "/etc/resolv.conf")).toMatch(new RegExp(`^nameserver ${GATEWAY}$`, "m"));
  expect(await inside("getent", "hosts", "cloudy")).toMatch(/^10\.7\.1\.77 +cloudy/);
  expect(await inside("ping", "-c", "1", "data-server")).toContain(" 0% packet loss");
  expect([readFileSync("/etc/resolv.conf", "utf8"), hostname()]).toEqual(here);
}

/** Ends a node by kill -9 and waits until it was started again. */
async function crashed(system: EmbeddedSystem, name: string): Promise<void> {
  const { restarts } = await system.node(name);
  await system.crash(name);
  await eventually(`${name} is started again`, DEADLINE_MS, async () => {
    const node = await system.node(name);
    return node.restarts > restarts && node.state === "running";
  });
}

async function calls(system: EmbeddedSystem): Promise<void> {
  const hosts = JSON.parse(await succeeds(system, "cs", "listHosts", "type=Routing"));
  expect(hosts.host.map(({ name }: { name: string }) => name)).toEqual(["host1", "host2"]);
  const made = JSON.parse(await succeeds(system, "cs", "createSSHKeyPair", "name=of-a-test"));
  expect(made.keypair.name).toBe("of-a-test");
  await succeeds(system, "cs", "deleteSSHKeyPair", "name=of-a-test");
  await fails(system, "contrail cs listApis", "cs", "listNothing");
  await fails(system, "name=value is wanted", "cs", "listHosts", "type");
  await fails(system, "CloudStack refused deleteNetwork: ", "cs", "deleteNetwork", "id=no-uuid");
}

/** A client as a user makes it: URL and keys are those of the key file. */
export async function client(system: EmbeddedSystem): Promise<CloudStackClient> {
  const { state } = (await system.status()).directories;
  const { endpoint, keys } = readKeyFile(join(state, "cloudstack.ini"));
  expect(endpoint).toBe("http://127.0.0.1:8080/client/api");
  return new CloudStackClient(httpTransport({ url: endpoint ?? "" }), keys, systemClock);
}

/** Ids that a network and a machine are made with. */
export async function choices(cloud: CloudStackClient) {
  const [[zone], [offering], [service], [template]] = await Promise.all([
    cloud.list("listZones", "zone"),
    cloud.list("listNetworkOfferings", "networkoffering", { name: "OpenContrail isolated" }),
    cloud.list("listServiceOfferings", "serviceoffering"),
    cloud.list("listTemplates", "template", { templatefilter: "all" }),
  ]);
  const zoneid = idOf(zone);
  return {
    network: { zoneid, networkofferingid: idOf(offering) },
    machine: { zoneid, serviceofferingid: idOf(service), templateid: idOf(template) },
  };
}

/** The uuid of an object of an answer. */
export function idOf(object: unknown): string {
  return String((object as { id?: unknown } | undefined)?.id); // Every object of CloudStack's API has one.
}

/** What this machine itself says of a name. Without a name server of its own those inside have none either. */
async function resolvedHere(name: string): Promise<string | undefined> {
  const resolver = new Resolver({ timeout: 4_000, tries: 2 });
  const found = await resolver.resolve4(name).catch((reason: NodeJS.ErrnoException) => reason.code ?? "");
  if (typeof found !== "string") return found.toSorted()[0];
  return found === "ECONNREFUSED" || found === "ETIMEOUT" ? "ESERVFAIL" : found;
}
