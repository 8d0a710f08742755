import { expect, test } from "vitest";
import { RACES, SEED } from "./config.ts";
import { endOf, type MachineCall, nic, startOf } from "./machine-calls.ts";
import { PluginWorld } from "./plugin-world.ts";
import { seededRandom } from "./seeded-random.ts";

const world = new PluginWorld();
/** Networks that race at the same moment. */
const AT_ONCE = 10;
const FIRST_NETWORK = 20;

async function works([command, payload]: MachineCall): Promise<void> {
  const { http, text } = await world.post(command, JSON.stringify({ payload }));
  expect({ http, status: JSON.parse(text).status }, `${command}: ${text}`).toEqual({ http: 200, status: "success" });
}

/** A start and an end of the same network, mixed: each call is sent without waiting, or when those before it have ended. */
async function race(network: number): Promise<"start first" | "end first"> {
  const random = seededRandom(SEED + network);
  const startsFirst = random() < 0.5;
  const [start, end] = [startOf(network, 1), endOf(network, 1)];
  const [first, second] = startsFirst ? [start, end] : [end, start];
  const [ahead, behind] = [[...first], [...second]];
  let running: Promise<void>[] = [];
  while (ahead.length + behind.length > 0) {
    const next = (random() < 0.6 ? ahead.shift() : behind.shift()) ?? ahead.shift() ?? behind.shift();
    if (next === undefined) break;
    running.push(works(next));
    if (random() < 0.7) continue;
    await Promise.all(running);
    running = [];
  }
  await Promise.all(running);
  return startsFirst ? "start first" : "end first";
}

async function startAll(networks: readonly number[]): Promise<string> {
  await Promise.all(
    networks.map(async (network) => {
      for (const call of startOf(network, 1)) await works(call);
    }),
  );
  return world.effects();
}

async function destroyAll(networks: readonly number[]): Promise<void> {
  await Promise.all(networks.map((network) => works(["destroy-network", nic(network, 1)])));
}

test("a network destroyed while it is implemented starts again whole, and leaves nothing when it goes", async () => {
  const before = await world.uuids();
  const counts = { "start first": 0, "end first": 0 };
  for (let done = 0; done < RACES; done += AT_ONCE) {
    const networks = Array.from(
      { length: Math.min(AT_ONCE, RACES - done) },
      (_, index) => FIRST_NETWORK + done + index,
    );
    const quiet = await startAll(networks);
    await destroyAll(networks);
    for (const order of await Promise.all(networks.map(race))) counts[order]++;
    expect(await startAll(networks), `networks ${networks.join(", ")}`).toBe(quiet);
    for (const order of await Promise.all(networks.map(race))) counts[order]++;
    await destroyAll(networks);
    expect(await world.uuids(), `networks ${networks.join(", ")}`).toEqual(before);
  }
  process.stdout.write(`races from seed ${SEED}: ${JSON.stringify(counts)}\n`);
  expect(Math.min(...Object.values(counts))).toBeGreaterThan(0);
  expect((await world.plugin.status()).failures).toMatchObject({ open: 0, list: [] });
});

test("a start and a destroy of one network at the same moment, fifty machines of it, both end", async () => {
  const before = await world.uuids();
  const starts = Array.from({ length: 50 }, (_, index) =>
    startOf(90, index + 1).filter(([name]) => name !== "restore-network"),
  );
  const calls = starts.flat().concat(Array.from({ length: 5 }, () => ["destroy-network", nic(90, 1)] as MachineCall));
  const random = seededRandom(SEED);
  const shuffled = calls.map((call) => [random(), call] as const).toSorted(([a], [b]) => a - b);
  await Promise.all(shuffled.map(([, call]) => works(call)));
  await works(["destroy-network", nic(90, 1)]);
  // Machines whose save-vm-data came last of all have gone with their ports.
  expect(await world.uuids()).toEqual(before);
});
