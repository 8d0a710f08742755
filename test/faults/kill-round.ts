import { crashNode, eventually, type SeededRandom } from "@contrail/testkit/embedded";
import { agentsInStep, agentTables, HOSTS, sameRoutes, unequalTables, verdictsAsAsked } from "./convergence.ts";
import type { FaultWorld } from "./fault-world.ts";
import { type StreamCounts, Streams } from "./streams.ts";

const HEALTHY_MS = 60_000;
const LONGEST_PAUSE_MS = 1_200;

/** What one round did and found. Empty lists of faults are what is wanted. */
export interface RoundReport {
  /** By role. */
  readonly kills: Readonly<Record<string, number>>;
  /** "820 ms control1": since the beginning of the round, in order. */
  readonly order: readonly string[];
  readonly acknowledged: number;
  readonly unknown: number;
  readonly streams: StreamCounts;
  readonly routes: number;
  readonly faults: readonly string[];
}

/**
 * So many kills -9 of processes at random moments, under writes and packets; then everything has to be as asked: every
 * acknowledged write held, packets by policy, no packet of one tenant at the other, the same routes on both control
 * nodes, and tables of both hosts as an agent computes that starts anew.
 */
export async function killRound(world: FaultWorld, random: SeededRandom, count: number): Promise<RoundReport> {
  const { intent, system } = world;
  const before = { acknowledged: intent.acknowledged, unknown: intent.unknown };
  const streams = await Streams.start(world);
  try {
    const killed = await underWrites(world, random, () => killSome(world, random, count));
    const kills = countsByRole(killed.map(({ role }) => role));
    await system.healthy(HEALTHY_MS);
    await agentsInStep(world);
    const routes = await sameRoutes(world);
    await verdictsAsAsked(world);
    const faults = [...(await intent.missing()), ...(await tableFaults(world))];
    const counts = await streams.finish();
    return {
      kills,
      order: killed.map(({ name, atMs }) => `${atMs} ms ${name}`),
      acknowledged: intent.acknowledged - before.acknowledged,
      unknown: intent.unknown - before.unknown,
      streams: counts,
      routes,
      faults: [...faults, ...streamFaults(counts, kills)],
    };
  } finally {
    streams.kill();
  }
}

/** Writes without a pause while something happens. */
async function underWrites<T>(world: FaultWorld, random: SeededRandom, happens: () => Promise<T>): Promise<T> {
  let over = false;
  const writing = (async () => {
    while (!over) await world.intent.write(random);
  })();
  writing.catch(() => {}); // Thrown below, when what happens is over.
  try {
    return await happens();
  } finally {
    over = true;
    await writing;
  }
}

interface Kill {
  readonly name: string;
  readonly role: string;
  /** Milliseconds since the first moment. */
  readonly atMs: number;
}

async function killSome(world: FaultWorld, random: SeededRandom, count: number): Promise<readonly Kill[]> {
  const startedAt = performance.now();
  const killed: Kill[] = [];
  while (killed.length < count) {
    await new Promise((resolve) => setTimeout(resolve, random.below(LONGEST_PAUSE_MS)));
    const { nodes } = await world.system.status();
    const running = nodes.filter(({ pid, state }) => pid !== null && state === "running");
    if (running.length === 0) continue;
    const node = random.pick(running);
    const { name, role } = node;
    if (crashNode(node)) killed.push({ name, role, atMs: Math.round(performance.now() - startedAt) });
  }
  return killed;
}

function countsByRole(roles: readonly string[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const role of roles) counts[role] = (counts[role] ?? 0) + 1;
  return counts;
}

/** Differences between what the agents hold and what they compute when they start anew; the data plane is compared too. */
async function tableFaults(world: FaultWorld): Promise<readonly string[]> {
  const old = await Promise.all(HOSTS.map((host) => agentTables(world, host)));
  for (const host of HOSTS) {
    const { restarts } = await world.system.node(host);
    await world.system.crash(host);
    await restarted(world, host, restarts);
  }
  await world.system.healthy(HEALTHY_MS);
  await agentsInStep(world);
  const fresh = await Promise.all(HOSTS.map((host) => agentTables(world, host)));
  const different = HOSTS.flatMap((host, index) =>
    JSON.stringify(old[index]) === JSON.stringify(fresh[index])
      ? []
      : [`${host} held ${JSON.stringify(old[index])}, a fresh agent computes ${JSON.stringify(fresh[index])}`],
  );
  return [...different, ...(await Promise.all(HOSTS.map((host) => unequalTables(world, host)))).flat()];
}

async function restarted(world: FaultWorld, host: string, restarts: number): Promise<void> {
  await eventually(`${host} is started again`, HEALTHY_MS, async () => {
    const node = await world.system.node(host);
    return node.restarts > restarts && node.state === "running";
  });
}

/** The data plane of the kernel forwards whatever dies; an engine's packets are lost while it is down. */
function streamFaults(counts: StreamCounts, kills: Readonly<Record<string, number>>): readonly string[] {
  const faults: string[] = [];
  if (counts.leaked > 0) faults.push(`${counts.leaked} packets crossed tenants`);
  if (counts.doubled > 0) faults.push(`${counts.doubled} packets came twice`);
  if (counts.lost > 0 && kills.engine === undefined) faults.push(`${counts.lost} of ${counts.sent} packets were lost`);
  return faults;
}
