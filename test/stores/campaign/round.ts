import { setTimeout } from "node:timers/promises";
import { SeededRandom } from "@contrail/testkit/embedded";
import { PROJECT } from "../config-pair.ts";
import { AddressClient } from "./address-client.ts";
import { type CallCounts, HistoryLog } from "./history-log.ts";
import { checkInvariants } from "./invariants.ts";
import { type KillStep, Nemesis } from "./nemesis.ts";
import { type ContendedName, ObjectClient } from "./object-client.ts";
import type { StoreWorld } from "./world.ts";

const CLIENTS = 6;
const NAMES = 5;
/** Of a hundred calls, those that are about addresses. */
const ADDRESS_CALLS = 20;
/** Writes that clients get through between two deeds of the nemesis. */
const CALM_WRITES = 30;
/** How long a client waits that was told to come again later (503, Retry-After): else it would only keep the machine busy. */
const LATER_MS = 50;

/** What a round did and found. */
export interface RoundReport extends CallCounts {
  readonly seed: number;
  readonly killed: readonly string[];
  /** Names and addresses, and operations on them, that were checked. */
  readonly keys: number;
  readonly operations: number;
  readonly objects: number;
  readonly numbers: number;
  /** Longest times around a kill without an acknowledged write, and without a list that is surely the newest. */
  readonly writeGapMs: number;
  readonly listGapMs: number;
  /** Calls without an answer though the store had a quorum. */
  readonly refused: readonly string[];
  /** What is wrong; a line each. */
  readonly problems: readonly string[];
}

/** Clients at both nodes work on a few names and addresses while servers are killed; then everything they saw is checked. */
export async function historyRound(
  world: StoreWorld,
  seed: number,
  round: number,
  steps: readonly KillStep[],
): Promise<RoundReport> {
  const { pair, keyspace } = world;
  const random = SeededRandom.forRound(seed, round);
  const log = new HistoryLog();
  const names = contendedNames(random, `h${round}`);
  const clients = await roundClients(world, log, random, names, `r${round}`);
  const nemesis = new Nemesis(random, { up: world.up, keyspace, log }, CALM_WRITES);
  let isOver = false;
  const work = clients.map(async ({ objects, addresses, dice }) => {
    while (!isOver) {
      await (dice.below(100) < ADDRESS_CALLS ? addresses.act(dice) : objects.act(dice));
      if (log.hasNoQuorum) await setTimeout(LATER_MS);
    }
  });
  try {
    for (const step of steps) await nemesis.run(step);
  } finally {
    isOver = true;
  }
  await Promise.all(work);
  const last = new ObjectClient(`r${round}last`, pair, log, names);
  for (const node of [0, 1]) {
    for (const { name, uuids } of names) {
      for (const uuid of uuids) await last.read(node, name, uuid);
      await last.find(node, name);
    }
    await last.list(node);
  }
  const { problems, ...invariants } = await checkInvariants(world);
  await Promise.all(clients.map(({ addresses }) => addresses.giveBackAll()));
  return {
    ...{ seed, killed: nemesis.killed, ...log.counts, ...log.size, ...invariants },
    writeGapMs: Math.round(log.writeGapMs),
    listGapMs: Math.round(log.listGapMs),
    refused: log.refused,
    problems: [...log.problems(), ...problems],
  };
}

async function roundClients(
  { pair }: StoreWorld,
  log: HistoryLog,
  random: SeededRandom,
  names: readonly ContendedName[],
  mark: string,
) {
  const attr = { ipam_subnets: [{ subnet: { ip_prefix: "10.64.0.0", ip_prefix_len: 25 } }] };
  const network_ipam_refs = [{ to: [...PROJECT, "default-network-ipam"], attr }];
  const network = await pair.create(0, "virtual-network", [...PROJECT, `${mark}-net`], { network_ipam_refs });
  return Array.from({ length: CLIENTS }, (_, index) => {
    const dice = new SeededRandom(random.below(2 ** 32));
    const id = `${mark}c${index}`;
    const objects = new ObjectClient(id, pair, log, names);
    return { objects, dice, addresses: new AddressClient(id, pair, log, network, () => seededUuid(dice)) };
  });
}

function contendedNames(random: SeededRandom, mark: string): readonly ContendedName[] {
  return Array.from({ length: NAMES }, (_, index) => ({
    name: `${mark}-${index}`,
    uuids: [seededUuid(random), seededUuid(random)],
  }));
}

/** A uuid of version 4 that the seed determines. */
export function seededUuid(random: SeededRandom): string {
  const hex = Array.from({ length: 4 }, () =>
    random
      .below(2 ** 32)
      .toString(16)
      .padStart(8, "0"),
  ).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`;
}
