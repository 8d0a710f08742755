import {
  checkInvariants,
  giveAllBack,
  makeNetwork,
  makeWorld,
  raceForAddresses,
  raceForRevisions,
  type StoreWorld,
} from "@contrail/test-stores";
import { SeededRandom } from "@contrail/testkit/embedded";
import type { Campaign, CampaignCounts } from "./campaign.ts";

const CALLERS = 50;
const NODES = 4;
/** A subnet of 8,192 addresses; for larger campaigns /16. */
const PREFIX = 19;
const LARGE_PREFIX = 16;
const SMALL = 8_000;

/** The races of a campaign, on four configuration nodes; gives the counts with them. */
export async function runRaces(campaign: Campaign, up: StoreWorld["up"]): Promise<CampaignCounts> {
  const world = await makeWorld(up, `soak_${process.pid}_races`, NODES);
  try {
    const problems: string[] = [];
    const random = new SeededRandom(campaign.seed);
    const { rounds, problems: disorder } = await raceForRevisions(world, random, CALLERS, campaign.revisions);
    problems.push(...disorder);
    for (const outcome of rounds) {
      if (outcome[200] !== 1 || outcome[412] !== CALLERS - 1)
        problems.push(`a revision went ${JSON.stringify(outcome)}`);
    }
    const wanted = NODES * campaign.allocations;
    const network = await makeNetwork(world.pair, "raced", wanted > SMALL ? LARGE_PREFIX : PREFIX);
    let addresses = 0;
    for (const mark of ["first", "second"]) {
      const startedAt = performance.now();
      const race = await raceForAddresses(world, network, campaign.allocations, mark);
      const took = Math.round(performance.now() - startedAt);
      addresses += race.addresses.length;
      const distinct = new Set(race.addresses).size;
      process.stderr.write(
        `${mark} race: ${JSON.stringify(race.statuses)}, ${distinct} addresses of ${wanted} in ${took} ms\n`,
      );
      if (distinct !== wanted || race.addresses.length !== wanted) {
        problems.push(`${mark} race: ${race.addresses.length} addresses, ${distinct} of them different`);
      }
      const given = await giveAllBack(world, network);
      if (given[200] !== wanted) problems.push(`giving back after the ${mark} race: ${JSON.stringify(given)}`);
    }
    problems.push(...(await checkInvariants(world)).problems);
    for (const problem of problems) process.stderr.write(`${problem}\n`);
    return {
      ...campaign.counts,
      revisions: rounds.length,
      addresses,
      faults: campaign.counts.faults + problems.length,
    };
  } finally {
    await world.close();
  }
}
