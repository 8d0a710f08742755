import { check, type DemoWorld } from "./demo-world.ts";
import { measureLoss } from "./loss-probe.ts";
import { ProbeProcess } from "./probe-process.ts";

const HOST = "host1";
const DEADLINE_MS = 30_000;

/** Step 6: an agent dies; flows go on, a new connection works without it, and its return disturbs nothing. */
export async function agentRestart(world: DemoWorld): Promise<string> {
  const node = world.system.node(HOST);
  let newConnection = "";
  let downMs = 0;
  const seen = await measureLoss(world, async () => {
    const startedAt = performance.now();
    await node.kill();
    const server = await ProbeProcess.start(world.namespace("a-red-2"), "tcp-serve", 7_000);
    const tried = await ProbeProcess.run<{ outcome: string; milliseconds: number }>(
      world.namespace("a-red-1"),
      "tcp-connect",
      "10.1.1.12",
      7_000,
      3_000,
    );
    check(tried.outcome === "connected", `a new connection while the agent was dead: ${tried.outcome}`);
    newConnection = `${tried.milliseconds} ms`;
    await server.finish();
    await node.start();
    downMs = performance.now() - startedAt;
    await world.until("the agent is in step", DEADLINE_MS, async () => {
      const status = (await world.system.introspect(HOST, "status")) as { inStep: boolean }; // Our own page.
      return status.inStep;
    });
  });
  return `the agent of ${HOST} was away ${(downMs / 1_000).toFixed(1)} s: 0 of ${seen.received} packets lost, longest gap ${seen.longestGapMs} ms, a new connection meanwhile in ${newConnection}`;
}
