import { ContrailError } from "@contrail/errors";
import type { Step } from "../commands/report.ts";
import { agentRestart } from "./agent-restart.ts";
import { controlNodeLoss } from "./control-node-loss.ts";
import type { DemoSystem } from "./demo-system.ts";
import { DemoWorld } from "./demo-world.ts";
import { emptyTables, tableRows } from "./empty-tables.ts";
import { guests } from "./guests.ts";
import { isolation } from "./isolation.ts";
import { networks } from "./networks.ts";
import { policyStep } from "./policy.ts";
import { killProbes } from "./probe-process.ts";
import { securityGroupStep } from "./security-group.ts";

/** Where the demonstration tells what it does. */
export interface DemonstrationOutput {
  readonly step: (step: Step) => void;
  readonly progress: (text: string) => void;
  /** Monotonic milliseconds at which the system began to start; the first ping is told against it. */
  readonly startedAt?: number;
}

/** One step: gives what it measured, throws DemoFailure where something does not hold. */
type StepWork = (world: DemoWorld) => Promise<string>;

const STEPS: readonly (readonly [title: string, work: StepWork])[] = [
  ["machines of two tenants of CloudStack with the same prefixes get their addresses by DHCP", networks],
  ["one network reaches across hosts; other networks and tenants do not", isolation],
  [
    "a policy joins two networks, host to host, and narrows to TCP 80 one way; a security group closes a port on a running flow",
    async (world) => `${await policyStep(world)}; a group ${await securityGroupStep(world)}`,
  ],
  [
    "a machine reads its user data, key and password, finds another by name, and keeps its address on another host",
    guests,
  ],
  ["a control node is killed and comes back; no packet is lost", controlNodeLoss],
  ["an agent is killed and comes back; no packet and no connection is lost", agentRestart],
  ["everything is deleted; the tables of both hosts are empty", emptyTables],
];

/**
 * Runs the demonstration; true where every step holds. Whatever happens, its objects, machines and probes are removed.
 * It ends soon after the system begins to stop.
 */
export function runDemonstration(system: DemoSystem, output: DemonstrationOutput): Promise<boolean> {
  // A step that waits for a probe goes on when that is killed, and then sees that it has to end.
  system.stopping.addEventListener("abort", killProbes);
  return system.track(() =>
    runSteps(system, output).finally(() => {
      system.stopping.removeEventListener("abort", killProbes);
      killProbes();
    }),
  );
}

async function runSteps(system: DemoSystem, output: DemonstrationOutput): Promise<boolean> {
  const world = new DemoWorld(system, output, await tableRows(system));
  for (const [index, [title, work]] of STEPS.entries()) {
    const step = index + 1;
    const startedAt = performance.now();
    const { ok, detail } = await outcomeOf(work, world);
    if (system.stopping.aborted) return false;
    output.step({ step, title, ok, detail, seconds: (performance.now() - startedAt) / 1_000 });
    if (ok) continue;
    await world
      .removeAll()
      .catch((reason: unknown) => output.progress(`not cleared: ${ContrailError.from(reason).message}`));
    output.progress(`the demonstration has failed at step ${step} of ${STEPS.length}`);
    return false;
  }
  output.progress(`the demonstration has passed: all ${STEPS.length} steps hold`);
  return true;
}

async function outcomeOf(work: StepWork, world: DemoWorld): Promise<Pick<Step, "ok" | "detail">> {
  try {
    world.goOn();
    return { ok: true, detail: await work(world) };
  } catch (reason) {
    return { ok: false, detail: ContrailError.from(reason).message };
  }
}
