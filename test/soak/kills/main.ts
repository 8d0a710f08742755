// `npm run test:soak -- kills`: kill -9 of the processes of a running system, thousands of times.
import { parseArgs } from "node:util";
import { FaultWorld, killRound } from "@contrail/test-faults";
import { missingFor, SeededRandom } from "@contrail/testkit/embedded";
import { runProgram, UsageError } from "@contrail/testkit/program";
import { commit } from "../reliability.ts";
import { endOfCampaign, SavedCampaign, whole } from "../saved-campaign.ts";
import { addRound, type CampaignCounts, emptyCounts, reportLine, writeReport } from "./report.ts";

const HELP = `npm run test:soak -- kills [options]

Kill -9 of random processes of the embedded system under writes and packets, and a check of everything after each ten.
Progress on stderr, counts as one JSON line on stdout and in docs/reliability.md. Needs root.

  --kills N      how many (1000)
  --seed N       of the campaign; a round's own seed follows from it (random)
  --engine E     ebpf or typescript (ebpf)
  --resume       go on with a campaign that was ended, with its seed and counts
  --help         this text
`;
const KILLS_A_ROUND = 10;
/** A fresh system now and then: what a long life hides, a start shows. */
const ROUNDS_A_SYSTEM = 20;

interface Campaign {
  readonly engine: "ebpf" | "typescript";
  readonly seed: number;
  readonly kills: number;
  readonly counts: CampaignCounts;
}

const STATE = new SavedCampaign<Campaign>("kills");

async function main(): Promise<number> {
  const campaign = readCampaign();
  if (campaign === undefined) {
    process.stdout.write(HELP);
    return 0;
  }
  const missing = missingFor(campaign.engine);
  if (missing !== undefined) {
    process.stderr.write(`this campaign ${missing}\n`);
    return 2;
  }
  const signal = endOfCampaign();
  const counts = await run(campaign, signal);
  const line = reportLine({ ...campaign, counts }, commit());
  process.stdout.write(`${JSON.stringify(line)}\n`);
  if (signal.aborted) {
    process.stderr.write("ended early; go on by: npm run test:soak -- kills --resume\n");
    return 130;
  }
  writeReport(line);
  STATE.forget();
  return counts.faults === 0 ? 0 : 1;
}

/** Rounds until enough processes were killed; the state is saved after each. */
async function run(campaign: Campaign, signal: AbortSignal): Promise<CampaignCounts> {
  let { counts } = campaign;
  let world: FaultWorld | undefined;
  try {
    while (counts.killed < campaign.kills && !signal.aborted) {
      if (world !== undefined && counts.rounds % ROUNDS_A_SYSTEM === 0) {
        await world.close();
        world = undefined;
      }
      world ??= await FaultWorld.make(campaign.engine);
      const kills = Math.min(KILLS_A_ROUND, campaign.kills - counts.killed);
      const report = await killRound(world, SeededRandom.forRound(campaign.seed, counts.rounds), kills);
      counts = addRound(counts, report);
      if (report.faults.length > 0) process.stderr.write(`logs are kept in ${world.system.run.keepLogs()}\n`);
      STATE.save({ ...campaign, counts });
      process.stderr.write(
        `${counts.killed} of ${campaign.kills} kills, seed ${campaign.seed}: ${JSON.stringify(report)}\n`,
      );
    }
    return counts;
  } finally {
    await world?.close();
  }
}

/** From the command line, or from the state of a campaign that was ended; undefined where help is asked for. */
function readCampaign(): Campaign | undefined {
  const { values } = parseArgs({
    options: {
      help: { type: "boolean", default: false },
      resume: { type: "boolean", default: false },
      kills: { type: "string", default: "1000" },
      seed: { type: "string", default: String(Math.floor(Math.random() * 1e6)) },
      engine: { type: "string", default: "ebpf" },
    },
  });
  if (values.help) return undefined;
  if (values.resume) return STATE.load();
  const { engine } = values;
  if (engine !== "ebpf" && engine !== "typescript")
    throw new UsageError(`--engine is ebpf or typescript, not ${engine}`);
  return { engine, kills: whole("--kills", values.kills), seed: whole("--seed", values.seed), counts: emptyCounts() };
}

await runProgram(main);
