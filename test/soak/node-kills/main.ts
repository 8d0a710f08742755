// `npm run test:soak -- node-kills`: kill -9 of a configuration node on Cassandra and Kafka, a thousand times.
import { parseArgs } from "node:util";
import { KilledNode, missingServers } from "@contrail/test-stores";
import { runProgram } from "@contrail/testkit/program";
import { CampaignServers } from "../campaign-servers.ts";
import { commit, writeRow } from "../reliability.ts";
import { endOfCampaign, minutesOf, SavedCampaign, whole } from "../saved-campaign.ts";
import { addKill, addSum, emptyCounts, type NodeKillCounts, reportRow } from "./counts.ts";

const HELP = `npm run test:soak -- node-kills [options]

A configuration node on three Cassandra nodes and three Kafka brokers is killed with -9 in the middle of its clients' writes.
After each start: nothing acknowledged is lost, nothing is half, no reference leads nowhere; after each fifty kills the log
is compared with the store. Progress on stderr, counts as one JSON line on stdout and in docs/reliability.md. Needs Java and
Maven.

  --kills N     how many (1000)
  --minutes N   ends after the kill in which so many have passed, and reports what was done until then (no end)
  --seed N      of the campaign; each fifty kills have a seed that follows from it (random)
  --resume      go on with a campaign that was ended, with its seed and counts
  --help        this text
`;
/** Kills in one keyspace: clients look at all they have made after each, so it is not to grow for ever. */
const KILLS_A_KEYSPACE = 50;
const STATE = new SavedCampaign<Campaign>("node-kills");

interface Campaign {
  readonly seed: number;
  readonly kills: number;
  readonly counts: NodeKillCounts;
}

async function main(): Promise<number> {
  const asked = readCommand();
  if (asked === undefined) {
    process.stdout.write(HELP);
    return 0;
  }
  const missing = missingServers();
  if (missing !== undefined) {
    process.stderr.write(`this campaign ${missing}\n`);
    return 2;
  }
  const { campaign, minutes } = asked;
  const signal = endOfCampaign();
  process.stderr.write(`seed ${campaign.seed}, ${campaign.counts.kills} of ${campaign.kills} kills are done\n`);
  const endMs = performance.now() + minutes * 60_000;
  const counts = await run(campaign, () => signal.aborted || performance.now() >= endMs);
  process.stdout.write(
    `${JSON.stringify({ campaign: "node-kills", commit: commit(), seed: campaign.seed, ...counts })}\n`,
  );
  if (counts.kills >= campaign.kills) STATE.forget();
  else process.stderr.write("ended early; go on by: npm run test:soak -- node-kills --resume\n");
  if (signal.aborted) return 130;
  writeRow(reportRow(campaign.seed, counts, commit()));
  return counts.faults === 0 ? 0 : 1;
}

/** Keyspace after keyspace until enough kills are done, or it is over before; the state is saved after each kill. */
async function run(campaign: Campaign, isOver: () => boolean): Promise<NodeKillCounts> {
  let { counts } = campaign;
  const own = await CampaignServers.make("node-kills");
  try {
    const servers = await own.up("all");
    while (counts.kills < campaign.kills && !isOver()) {
      const keyspace = `kills_${process.pid}_${counts.kills}`;
      const node = await KilledNode.start(servers, keyspace, campaign.seed + counts.kills);
      try {
        const last = Math.min(campaign.kills, counts.kills + KILLS_A_KEYSPACE);
        while (counts.kills < last && !isOver()) {
          const report = await node.kill();
          counts = addKill(counts, report);
          STATE.save({ ...campaign, counts });
          tell(
            `${counts.kills} of ${campaign.kills} kills, seed ${campaign.seed}: ${Math.round(report.cleanMs)} ms`,
            report,
          );
        }
        const sum = await node.sum();
        counts = addSum(counts, sum);
        STATE.save({ ...campaign, counts });
        tell(`${keyspace}: ${sum.objects} objects, ${sum.links} links`, sum);
      } finally {
        await node.close();
      }
    }
    return counts;
  } finally {
    await own.purge();
  }
}

function tell(done: string, { problems }: { readonly problems: readonly string[] }): void {
  process.stderr.write(`${new Date().toISOString()} ${done}\n${problems.map((line) => `  ${line}\n`).join("")}`);
}

/** undefined where help is asked for. */
function readCommand(): { readonly campaign: Campaign; readonly minutes: number } | undefined {
  const { values } = parseArgs({
    options: {
      help: { type: "boolean", default: false },
      resume: { type: "boolean", default: false },
      kills: { type: "string", default: "1000" },
      minutes: { type: "string" },
      seed: { type: "string", default: String(Math.floor(Math.random() * 1e6)) },
    },
  });
  if (values.help) return undefined;
  const minutes = minutesOf(values.minutes);
  if (values.resume) return { campaign: STATE.load(), minutes };
  const [seed, kills] = [whole("--seed", values.seed), whole("--kills", values.kills)];
  return { campaign: { seed, kills, counts: emptyCounts() }, minutes };
}

await runProgram(main);
