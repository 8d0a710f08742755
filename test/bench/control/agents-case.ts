import { progress, quantile } from "../result-line.ts";
import { AgentCrowd } from "./agents/agent-crowd.ts";
import { AgentPair } from "./agents/agent-pair.ts";
import { monotonicMs } from "./agents/crowd-protocol.ts";
import { LightAgent } from "./agents/light-agent.ts";
import { type Figures, printComparison } from "./comparison.ts";
import { Field } from "./field.ts";
import type { Options } from "./options.ts";
import type { OwnSpeaker } from "./ours.ts";
import { instanceName, machines, separateNetworks } from "./routing-instances.ts";

/** All of it is done by then, or never will be. */
const DEADLINE_MS = 1_800_000;
/** Networks: that of the many agents, and that of the two between which single changes are timed. */
const [CROWDED, QUIET] = [0, 1] as const;

/**
 * t6: agents of one network over real sessions. Each publishes one route, and each is sent all of them; then single
 * changes: between two agents of a network of their own while nothing else happens, and while the others publish and
 * withdraw without a pause; and from one agent to the last of the many.
 */
export async function agentsCase(options: Options, signal: AbortSignal): Promise<void> {
  const { agents, changes } = options;
  await Field.with(async (field) => {
    const ours = await field.ours({ objects: [...separateNetworks(2), ...machines(2)] });
    const opened: { close(): void | Promise<void> }[] = [];
    const closeAll = async (): Promise<void> => {
      for (const each of opened) await each.close();
    };
    const over = AbortSignal.any([signal, AbortSignal.timeout(DEADLINE_MS)]);
    over.addEventListener("abort", closeAll); // Whatever is awaited of them rejects.
    try {
      progress(`t6: opening ${agents} sessions`);
      const crowd = await AgentCrowd.open(homeIn(ours, CROWDED), agents);
      opened.push(crowd);
      const pair = await AgentPair.open(homeIn(ours, QUIET), agents);
      opened.push(pair);
      const rounds = await deliveries(ours, crowd, options, signal);
      const on = [`${agents} agents`, `${agents} routes each`, "mutual TLS", "import", "acknowledgements"];
      printComparison({ name: "t6", unit: "s", on }, [rounds]);
      progress(`t6: ${changes} single changes, idle`);
      printTimes("t6-idle", on, await inTurn(changes, signal, () => pair.change()));
      progress(`t6: ${changes} single changes, in bulk`);
      printTimes("t6-bulk", on, await inBulk(crowd, changes, signal, () => pair.change()));
      progress(`t6: ${changes} single changes, to all`);
      const one = await LightAgent.open(homeIn(ours, CROWDED), agents + 2);
      opened.push(one);
      printTimes("t6-all", on, await inTurn(changes, signal, (number) => toAll(one, crowd, number)));
    } finally {
      over.removeEventListener("abort", closeAll);
      await closeAll();
    }
  });
}

function homeIn({ pkiDirectory, agents }: OwnSpeaker, network: number) {
  return { pkiDirectory, controlNode: agents, instance: instanceName(network) };
}

/** Rounds in which all agents publish, and one more in front, in which programs are warmed. */
async function deliveries(
  ours: OwnSpeaker,
  crowd: AgentCrowd,
  { runs }: Options,
  signal: AbortSignal,
): Promise<Figures> {
  const [values, cpu]: [number[], number[]] = [[], []];
  for (let run = 0; run <= runs; run++) {
    signal.throwIfAborted();
    progress(`t6: ${run === 0 ? "warming" : `round ${run} of ${runs}`}`);
    const before = ours.cpuSeconds();
    const seconds = await crowd.publish();
    if (run > 0) {
      values.push(seconds);
      cpu.push(ours.cpuSeconds() - before);
    }
    await crowd.withdraw();
  }
  return { label: "ours", program: "node", version: process.versions.node, values, cpu };
}

/** Times of so many changes, one after the other. */
async function inTurn(
  changes: number,
  signal: AbortSignal,
  change: (number: number) => Promise<number>,
): Promise<readonly number[]> {
  const times: number[] = [];
  for (let number = 1; number <= changes; number++) {
    signal.throwIfAborted();
    times.push(await change(number));
  }
  return times;
}

/** The same while the crowd publishes and withdraws. */
async function inBulk(
  crowd: AgentCrowd,
  changes: number,
  signal: AbortSignal,
  change: () => Promise<number>,
): Promise<readonly number[]> {
  let over = false;
  const bulk = (async () => {
    while (!over) {
      await crowd.publish();
      await crowd.withdraw();
    }
  })();
  try {
    return await Promise.race([inTurn(changes, signal, change), bulk.then(() => Promise.reject(new Error("no bulk")))]);
  } finally {
    over = true;
    await bulk;
  }
}

/** Milliseconds from a change of one agent's route until the last of the crowd is told. */
async function toAll(one: LightAgent, crowd: AgentCrowd, number: number): Promise<number> {
  const startedAt = monotonicMs();
  one.publish(number);
  return (await crowd.told("reach", 1)) - startedAt;
}

function printTimes(name: string, on: readonly string[], times: readonly number[]): void {
  const version = process.versions.node;
  for (const [label, part] of [
    ["p50", 0.5],
    ["p99", 0.99],
  ] as const) {
    const figures = { label: "ours", program: "node", version, values: [quantile(times, part)], cpu: [] };
    printComparison({ name: `${name}-${label}`, unit: "ms", on: [...on, `${times.length} changes`] }, [figures]);
  }
}
