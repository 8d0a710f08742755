// `npm run test:soak -- bgp-session`: broken BGP messages, millions of them, on live sessions of the control node.
import { SessionFuzzer } from "@contrail/control-node/testing";
import { SeededRandom } from "@contrail/testkit/embedded";
import { runProgram } from "@contrail/testkit/program";
import { bytesInUse, type MessageCampaign, readCampaign } from "../message-campaign.ts";
import { SavedCampaign } from "../saved-campaign.ts";
import { addRound, emptyCounts, type SessionCounts, writeReport } from "./report.ts";

const NAME = "bgp-session";
const HELP = `npm run test:soak -- bgp-session [options]

Sends changed BGP messages on live sessions of every kind, over TCP on loopback, through the control node's state machine
and tables and out to its other peers: sessions stay up and end as RFC 7606 has it, two others never notice, what is passed
on is good, and after each round nothing is left in any table. Progress on stderr, counts as one JSON line on stdout and in
docs/reliability.md.

  --executions N  how many messages (10000000)
  --seed N        of the campaign; a round's own seed follows from it (random)
  --resume        go on with a campaign that was ended, with its seed and counts
  --help          this text
`;
const STATE = new SavedCampaign<MessageCampaign<SessionCounts>>(NAME);
const ROUND = 50_000;
/** Memory that a round may leave behind for the engine's own sake: compiled code and the like. */
const MAX_GROWTH_BYTES = 16 * 1024 * 1024;

async function main(): Promise<number> {
  const campaign = readCampaign(STATE, emptyCounts());
  if (campaign === undefined) {
    process.stdout.write(HELP);
    return 0;
  }
  const counts = await run(campaign);
  process.stdout.write(`${JSON.stringify({ campaign: NAME, seed: campaign.seed, ...counts })}\n`);
  writeReport(campaign.seed, counts);
  STATE.forget();
  return counts.faults > 0 || counts.growthBytes > MAX_GROWTH_BYTES ? 1 : 0;
}

/** Rounds until enough messages were sent, all to one node; the state is saved after each. */
async function run(campaign: MessageCampaign<SessionCounts>): Promise<SessionCounts> {
  let { counts } = campaign;
  let usedBytes: number | undefined;
  const fuzzer = new SessionFuzzer();
  await fuzzer.start();
  try {
    while (counts.executions < campaign.executions) {
      const startMs = performance.now();
      const random = SeededRandom.forRound(campaign.seed, counts.rounds);
      const report = await fuzzer.run(random, Math.min(ROUND, campaign.executions - counts.executions));
      const microseconds = ((performance.now() - startMs) * 1_000) / report.executions;
      const nowBytes = bytesInUse();
      usedBytes ??= nowBytes;
      counts = addRound(counts, report, Math.max(0, nowBytes - usedBytes));
      for (const fault of report.faults) process.stderr.write(`round ${counts.rounds - 1}: ${fault}\n`);
      STATE.save({ ...campaign, counts });
      process.stderr.write(
        `${counts.executions} of ${campaign.executions}, seed ${campaign.seed}: ${counts.faults} faults, ` +
          `${microseconds.toFixed(0)} us each, ${Math.round(nowBytes / 1024)} kB in use\n`,
      );
    }
    return counts;
  } finally {
    await fuzzer.close();
  }
}

await runProgram(main);
