// `npm run test:soak -- stores`: histories of two configuration nodes while store servers are killed, and races.
import { parseArgs } from "node:util";
import { historyRound, KILLS, type KillStep, makeWorld, missingServers, type StoreWorld } from "@contrail/test-stores";
import { SeededRandom } from "@contrail/testkit/embedded";
import { runProgram } from "@contrail/testkit/program";
import { CampaignServers } from "../campaign-servers.ts";
import { commit, writeRow } from "../reliability.ts";
import { endOfCampaign, minutesOf, SavedCampaign, whole } from "../saved-campaign.ts";
import { addRound, type Campaign, type CampaignCounts, emptyCounts, killed, reportRow } from "./campaign.ts";
import { runRaces } from "./run-races.ts";

const HELP = `npm run test:soak -- stores [options]

Two configuration nodes on three Cassandra nodes and three Kafka brokers, which are killed with -9 under the work of
clients; every history is checked for one order, and all that is left for what must hold. Before that, races for the
revisions of an object and for addresses. Progress on stderr, counts as one JSON line on stdout and in
docs/reliability.md. Needs Java and Maven.

  --kills N         servers that are killed (1000)
  --allocations N   addresses that each of four nodes is asked for, twice; 0: no race (1000)
  --revisions N     revisions of one object that fifty clients contend for (100)
  --minutes N       ends after the round in which so many have passed, and reports what was done until then (no end)
  --seed N          of the campaign; a round's own seed follows from it (random)
  --resume          go on with a campaign that was ended, with its seed and counts
  --help            this text
`;
const STEPS: readonly KillStep[] = ["cassandra", "kafka", "both", "quorum", "all"];
const STEPS_A_ROUND = 4;
/** A fresh keyspace and fresh nodes now and then: what a long life hides, a start shows. */
const ROUNDS_A_WORLD = 10;
const STATE = new SavedCampaign<Campaign>("stores");

async function main(): Promise<number> {
  const asked = readCommand();
  if (asked === undefined) {
    process.stdout.write(HELP);
    return 0;
  }
  const { campaign, minutes } = asked;
  const missing = missingServers();
  if (missing !== undefined) {
    process.stderr.write(`this campaign ${missing}\n`);
    return 2;
  }
  const signal = endOfCampaign();
  const servers = await CampaignServers.make("stores");
  process.stderr.write(`seed ${campaign.seed}, ${killed(campaign.counts)} of ${campaign.kills} kills are done\n`);
  const endMs = performance.now() + minutes * 60_000;
  const counts = await run(campaign, servers, () => signal.aborted || performance.now() >= endMs);
  process.stdout.write(`${JSON.stringify({ campaign: "stores", commit: commit(), seed: campaign.seed, ...counts })}\n`);
  if (signal.aborted) {
    process.stderr.write("ended early; go on by: npm run test:soak -- stores --resume\n");
    return 130;
  }
  writeRow(reportRow({ ...campaign, counts }, commit()));
  if (killed(counts) >= campaign.kills) STATE.forget();
  else process.stderr.write("the time is over; go on by: npm run test:soak -- stores --resume\n");
  return counts.faults + counts.refused === 0 ? 0 : 1;
}

/** Races, then rounds until enough servers were killed, or it is over before; the state is saved after each. */
async function run(campaign: Campaign, servers: CampaignServers, isOver: () => boolean): Promise<CampaignCounts> {
  let { counts } = campaign;
  let world: StoreWorld | undefined;
  try {
    if (counts.addresses === 0 && campaign.allocations > 0) {
      counts = await runRaces(campaign, servers.up);
      STATE.save({ ...campaign, counts });
    }
    while (killed(counts) < campaign.kills && !isOver()) {
      if (world !== undefined && counts.rounds % ROUNDS_A_WORLD === 0) {
        await world.close();
        world = undefined;
      }
      world ??= await makeWorld(servers.up, `soak_${process.pid}_${counts.rounds}`, 2);
      const report = await historyRound(world, campaign.seed, counts.rounds, stepsOf(campaign, counts));
      counts = addRound(counts, report);
      STATE.save({ ...campaign, counts });
      const progress = `${killed(counts)} of ${campaign.kills} kills, seed ${campaign.seed}`;
      process.stderr.write(`${new Date().toISOString()} ${progress}: ${JSON.stringify(report)}\n`);
    }
    return counts;
  } finally {
    await world?.close();
    await servers.purge();
  }
}

/** What the next round does: as many steps as the kills that are left allow. */
function stepsOf({ seed, kills }: Campaign, counts: CampaignCounts): readonly KillStep[] {
  const random = SeededRandom.forRound(seed + 1, counts.rounds);
  const steps: KillStep[] = [];
  let left = kills - killed(counts);
  while (left > 0 && steps.length < STEPS_A_ROUND) {
    const most = left;
    const step = random.pick(STEPS.filter((each) => KILLS[each] <= most));
    steps.push(step);
    left -= KILLS[step];
  }
  return steps;
}

/** The campaign, new or that of the state where one was ended, and how long it may take; undefined where help is asked for. */
function readCommand(): { readonly campaign: Campaign; readonly minutes: number } | undefined {
  const { values } = parseArgs({
    options: {
      help: { type: "boolean", default: false },
      resume: { type: "boolean", default: false },
      kills: { type: "string", default: "1000" },
      allocations: { type: "string", default: "1000" },
      revisions: { type: "string", default: "100" },
      minutes: { type: "string" },
      seed: { type: "string", default: String(Math.floor(Math.random() * 1e6)) },
    },
  });
  if (values.help) return undefined;
  const minutes = minutesOf(values.minutes);
  if (values.resume) return { campaign: STATE.load(), minutes };
  const campaign = {
    seed: whole("--seed", values.seed),
    kills: whole("--kills", values.kills),
    allocations: whole("--allocations", values.allocations),
    revisions: whole("--revisions", values.revisions),
    counts: emptyCounts(),
  };
  return { campaign, minutes };
}

await runProgram(main);
