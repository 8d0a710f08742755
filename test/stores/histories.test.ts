import { SeededRandom } from "@contrail/testkit/embedded";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { checkInvariants } from "./campaign/invariants.ts";
import type { KillStep } from "./campaign/nemesis.ts";
import { giveAllBack, makeNetwork, raceForAddresses, raceForRevisions, raceToCreate } from "./campaign/races.ts";
import { historyRound } from "./campaign/round.ts";
import { makeWorld, type StoreWorld } from "./campaign/world.ts";
import { missingServers, SEED } from "./config.ts";
import { START_MS, upServers } from "./servers.ts";

const missing = missingServers();
if (missing !== undefined) process.stderr.write(`skipped: histories of two configuration nodes ${missing}\n`);

/** `npm run test:soak -- stores` runs many of each. */
const STEPS: readonly KillStep[] = ["all"];
const CALLERS = 50;
const REVISIONS = 4;
/** Addresses for machines in a subnet of 128: not the network's, the broadcast's, the gateway's and the service's. */
const FREE_ADDRESSES = 124;
const TOO_MANY = 6;
const NUMBERS_A_NODE = 30;

describe.skipIf(missing !== undefined)(
  "two configuration nodes on three Cassandra nodes and three Kafka brokers",
  () => {
    let world: StoreWorld;

    beforeAll(async () => {
      world = await makeWorld(upServers, `histories_${process.pid}`, 2);
    }, 2 * START_MS);

    afterAll(() => world?.close(), START_MS);

    test(
      "while servers are killed with -9 each object and each address is one register to its clients, and nothing is lost",
      async () => {
        const { refused, problems, ...report } = await historyRound(world, SEED, 0, STEPS);
        process.stderr.write(`histories: ${JSON.stringify(report)} (bars of the gaps 1000 and 6000 ms)\n`);
        expect(problems, `seed ${SEED}`).toEqual([]);
        expect(refused, `seed ${SEED}`).toEqual([]);
        expect(report.killed.length).toBe(3);
        expect(report.acknowledged).toBeGreaterThan(100);
      },
      2 * START_MS,
    );

    test(
      `of ${CALLERS} clients that update one object with one ETag one wins each time, the others are told 412`,
      async () => {
        const { rounds, problems } = await raceForRevisions(world, new SeededRandom(SEED), CALLERS, REVISIONS);
        expect(rounds).toEqual(Array.from({ length: REVISIONS }, () => ({ 200: 1, 412: CALLERS - 1 })));
        expect(problems).toEqual([]);
      },
      START_MS,
    );

    test(
      "that are asked for all addresses of a subnet at once give each once, and all of them again when they came back",
      async () => {
        const network = await makeNetwork(world.pair, "raced-addresses", 25);
        const perNode = (FREE_ADDRESSES + TOO_MANY) / 2;
        const first = await raceForAddresses(world, network, perNode, "first");
        expect(first.statuses).toEqual({ 200: FREE_ADDRESSES, 409: TOO_MANY });
        expect(new Set(first.addresses).size).toBe(FREE_ADDRESSES);
        expect(await giveAllBack(world, network)).toEqual({ 200: FREE_ADDRESSES });
        const second = await raceForAddresses(world, network, perNode, "second");
        expect(second).toEqual(first);
      },
      START_MS,
    );

    test(
      "give no network id, group id and route target twice",
      async () => {
        const made = { 200: 2 * NUMBERS_A_NODE };
        expect(await raceToCreate(world, "virtual-network", NUMBERS_A_NODE, "numbered")).toEqual(made);
        expect(await raceToCreate(world, "security-group", NUMBERS_A_NODE, "numbered")).toEqual(made);
        const { problems, numbers } = await checkInvariants(world);
        expect(problems).toEqual([]);
        expect(numbers).toBeGreaterThan(3 * 2 * NUMBERS_A_NODE);
      },
      START_MS,
    );
  },
);
