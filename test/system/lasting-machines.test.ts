import {
  type MachineState,
  missingFor,
  RunEnvironment,
  type StartedCommand,
  type SystemState,
  withReason,
} from "@contrail/testkit/embedded";
import { expect, test } from "vitest";

const NETWORK = "default-domain:default-project:lasting";
const IPAM = ["default-domain", "default-project", "default-network-ipam"];
const SUBNET = { subnet: { ip_prefix: "10.77.0.0", ip_prefix_len: 24 } };
const GRAPH = {
  "virtual-network": { fq_name: NETWORK, network_ipam_refs: [{ to: IPAM, attr: { ipam_subnets: [SUBNET] } }] },
};
const MACHINES = [
  ["stays", "host1"],
  ["other", "host2"],
  ["goes", "host1"],
] as const;
const UP_MS = 120_000;
const COMMAND_MS = 60_000;
const DEGRADED = 3;

const form = missingFor("ebpf") === undefined ? "ebpf" : "user";
const missing = missingFor(form);
if (missing !== undefined) process.stderr.write(`machines of before, form ${form}: skipped: ${missing}\n`);

test.skipIf(missing !== undefined)(
  withReason("machines are there again after the next start; one whose port is gone is told, with what to do", missing),
  async () => {
    const run = new RunEnvironment(form);
    try {
      await removedWithoutItsMachine(run);
      const second = await started(run);
      expect(second.stderr).toContain("machine goes is without network: it has no port in the configuration");
      const { state, machines, nodes } = await statusOf(run);
      expect([state, nodes.filter(({ problem }) => problem !== null)]).toEqual(["degraded", []]);
      expect(machines.map(({ name, problem }) => [name, problem])).toEqual([
        ["stays", null],
        ["other", null],
        ["goes", expect.stringContaining(`contrail machine add goes --network ${NETWORK} --host host1`)],
      ]);
      expect((await run.contrail(["status"]).end(COMMAND_MS)).code).toBe(DEGRADED);
      const inside = await run.contrail(["machine", "exec", "goes", "true"]).end(COMMAND_MS);
      expect(inside.code).not.toBe(0);
      expect(inside.stderr).toContain("contrail: goes is without network: it has no port in the configuration");
      await succeeds(
        run,
        "machine",
        "exec",
        "stays",
        "ping",
        "-c",
        "1",
        "-W",
        "5",
        machineOf(machines, "other").address,
      );
      await succeeds(run, "machine", "rm", "goes");
      expect((await statusOf(run)).state).toBe("healthy");
      second.signal("SIGTERM", "command");
      await second.end(COMMAND_MS);
    } finally {
      await run.close();
    }
  },
);

/** A system with machines, of which one's port is removed, as by a restored backup; and its end. */
async function removedWithoutItsMachine(run: RunEnvironment): Promise<void> {
  const first = await started(run);
  const applied = await run.contrail(["api", "apply", "-f", "-"], JSON.stringify(GRAPH)).end(COMMAND_MS);
  expect([applied.code, applied.stderr]).toEqual([0, "1 created\n"]);
  for (const [name, host] of MACHINES)
    await succeeds(run, "machine", "add", name, "--network", NETWORK, "--host", host);
  const goes = machineOf((await statusOf(run)).machines, "goes");
  await succeeds(run, "api", "delete", "instance-ip", goes.addressUuid, "--yes");
  await succeeds(run, "api", "delete", "virtual-machine-interface", goes.interfaceUuid, "--yes");
  first.signal("SIGTERM", "command");
  expect((await first.end(COMMAND_MS)).code).toBe(0);
}

async function started(run: RunEnvironment): Promise<StartedCommand> {
  const command = run.start("--json");
  await command.said("it is up", UP_MS, ({ stdout }) => stdout.includes("\n"));
  return command;
}

async function succeeds(run: RunEnvironment, ...args: readonly string[]): Promise<void> {
  const { code, stderr } = await run.contrail(args).end(COMMAND_MS);
  expect([args, code, stderr]).toEqual([args, 0, expect.not.stringContaining("contrail:")]);
}

async function statusOf(run: RunEnvironment): Promise<SystemState> {
  const { stdout } = await run.contrail(["status", "--json"]).end(COMMAND_MS);
  return JSON.parse(stdout) as SystemState; // Its own form.
}

function machineOf(machines: SystemState["machines"], wanted: string): MachineState {
  const machine = machines.find(({ name }) => name === wanted);
  if (machine === undefined) throw new Error(`no machine ${wanted}`);
  return machine;
}
