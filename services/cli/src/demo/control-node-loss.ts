import type { DemoWorld } from "./demo-world.ts";
import { measureLoss } from "./loss-probe.ts";

const NODE = "control1";
const DEADLINE_MS = 30_000;

/** Step 5: one control node dies and comes back under 1,000 packets a second. */
export async function controlNodeLoss(world: DemoWorld): Promise<string> {
  const node = world.system.node(NODE);
  let downMs = 0;
  const seen = await measureLoss(world, async () => {
    const startedAt = performance.now();
    await node.kill();
    await world.until("the agents see the loss", DEADLINE_MS, async () => !(await established(world, "host1")));
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    await node.start();
    downMs = performance.now() - startedAt;
    await world.until(
      "the agents are back",
      DEADLINE_MS,
      async () => (await established(world, "host1")) && (await established(world, "host2")),
    );
  });
  return `${NODE} was away ${(downMs / 1_000).toFixed(1)} s: 0 of ${seen.received} packets lost, longest gap ${seen.longestGapMs} ms`;
}

/** True where a host has sessions with all control nodes. */
async function established(world: DemoWorld, host: string): Promise<boolean> {
  const status = (await world.system.introspect(host, "status")) as { controlNodes: readonly { state: string }[] }; // Our own page.
  return status.controlNodes.every(({ state }) => state === "established");
}
