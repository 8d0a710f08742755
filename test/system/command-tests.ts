import type { EmbeddedSystem } from "@contrail/testkit/embedded";
import { expect } from "vitest";
import { fails, machines, NETWORK, succeeds } from "./command-run.ts";
import { machinesAreAdded, machinesAreRemoved } from "./machine-commands.ts";
import { type SystemUnderTest, scenario } from "./running-system.ts";
import { bgpIsShown, introspectIsServed, toolsShowMachines } from "./tool-commands.ts";

const STEPS = 7;
const DEADLINE_MS = 60_000;
const SUBNETS = JSON.stringify({
  network_ipam_refs: [
    {
      to: ["default-domain", "default-project", "default-network-ipam"],
      attr: { ipam_subnets: [{ subnet: { ip_prefix: "10.4.1.0", ip_prefix_len: 24 }, addr_from_start: true }] },
    },
  ],
});
const COMMANDS: readonly (readonly string[])[] = [
  [],
  ...[
    "up",
    "down",
    "status",
    "demo",
    "cs",
    "machine",
    "vif",
    "rt",
    "flow",
    "dropstats",
    "introspect",
    "bgp",
    "api",
    "completion",
    "ca",
  ].map((name) => [name]),
  ...["add", "list", "exec", "rm"].map((name) => ["machine", name]),
  ...["summary", "neighbor", "route", "why"].map((name) => ["bgp", name]),
  ...["get", "list", "create", "edit", "delete", "apply", "diff", "export", "tree"].map((name) => ["api", name]),
];

/** What does not depend on the form of the system. */
export function usageTests(under: SystemUnderTest): void {
  scenario(under, "every command explains itself by --help", helpOfAll);
  scenario(under, "an unknown command and a missing option fail with the usage", wrongUsage);
  scenario(under, "demo runs its steps on the running system and leaves it as it was", demoRuns);
}

/** The CLI's commands, in the order in which an operator meets them. */
export function commandTests(under: SystemUnderTest): void {
  scenario(under, "objects are created, read, listed and deleted by type and name", objectsByName);
  scenario(under, "what cannot be done to objects is said with the next step", objectFailures);
  scenario(under, "machines are added on both hosts, listed, entered, and reach each other", machinesAreAdded);
  scenario(under, "vif, rt, flow and dropstats show the machines, as tables and as JSON", toolsShowMachines);
  scenario(under, "bgp shows sessions and routes, and says why they are as they are", bgpIsShown);
  scenario(under, "introspect of a node is served to a browser of this machine", introspectIsServed);
  scenario(under, "a machine is removed once; the second time names the next step", machinesAreRemoved);
}

async function helpOfAll(system: EmbeddedSystem): Promise<void> {
  for (const command of COMMANDS) {
    const { code, stdout, stderr } = await system.contrail(...command, "--help");
    const name = ["contrail", ...command].join(" ");
    expect([name, code, stderr]).toEqual([name, 0, ""]);
    expect(stdout).toContain(`Usage: ${name} `);
  }
  expect(await system.contrail("--version")).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
  });
}

async function wrongUsage(system: EmbeddedSystem): Promise<void> {
  for (const args of [["nothing"], ["machine", "add", "m1"], ["status", "--nothing"]]) {
    const { code, stdout, stderr } = await system.contrail(...args);
    expect([args, code, stdout]).toEqual([args, 1, ""]);
    expect(stderr).toMatch(/error: .+[\s\S]+Usage: contrail/);
  }
}

async function objectsByName(system: EmbeddedSystem): Promise<void> {
  const uuid = (await succeeds(system, "api", "create", "virtual-network", NETWORK, "--data", SUBNETS)).trim();
  expect(uuid).toMatch(/^[0-9a-f-]{36}$/);
  const byName = JSON.parse(await succeeds(system, "api", "get", "virtual-network", NETWORK));
  expect(byName).toMatchObject({ uuid, fq_name: NETWORK.split(":"), parent_type: "project" });
  expect(JSON.parse(await succeeds(system, "api", "get", "virtual-network", uuid))).toMatchObject({ uuid });
  expect(await succeeds(system, "api", "list", "virtual-network")).toContain(`${uuid}  ${NETWORK}\n`);
  const listed = JSON.parse(await succeeds(system, "api", "list", "virtual-network", "--json"));
  expect(listed).toContainEqual(expect.objectContaining({ uuid }));
  const piped = ["api", "create", "virtual-network", `${NETWORK}-2`, "--data", "-"];
  expect((await system.run.contrail(piped, "{}").end(DEADLINE_MS)).code).toBe(0);
  await succeeds(system, "api", "delete", "virtual-network", `${NETWORK}-2`);
}

async function objectFailures(system: EmbeddedSystem): Promise<void> {
  for (const verb of ["get", "delete"]) {
    await fails(system, "contrail api list virtual-network", "api", verb, "virtual-network", `${NETWORK}-2`);
  }
  await fails(system, "an example: virtual-network", "api", "list", "nothing");
  await fails(system, "--data must be a JSON object", "api", "create", "virtual-network", "a:b:c", "--data", "[1");
  await fails(system, "already exists", "api", "create", "virtual-network", NETWORK);
}

async function demoRuns(system: EmbeddedSystem): Promise<void> {
  const { code, stdout } = await system.contrail("demo", "--json");
  const lines = stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as { ok: boolean; detail: string }); // A step's form.
  expect(lines.filter(({ ok }) => !ok)).toEqual([]);
  expect([code, lines.length]).toEqual([0, STEPS]);
  expect(await machines(system)).toEqual([]);
  await system.healthy(DEADLINE_MS);
}
