// `npm run test:soak -- bgp-codec`: broken BGP messages, millions of them, and what the codec makes of them.
import { CodecFuzzer } from "@contrail/bgp/testing";
import { SeededRandom } from "@contrail/testkit/embedded";
import { runProgram } from "@contrail/testkit/program";
import { bytesInUse, type MessageCampaign, readCampaign } from "../message-campaign.ts";
import { commit } from "../reliability.ts";
import { SavedCampaign } from "../saved-campaign.ts";
import { addRound, type CodecCounts, type CodecLine, emptyCounts, writeReport } from "./report.ts";

const NAME = "bgp-codec";
const HELP = `npm run test:soak -- bgp-codec [options]

Changes BGP messages of every type, family, attribute and fault, and reads them as sessions of every kind would: nothing
may throw, grow, or come back as another thing. Progress on stderr, counts as one JSON line on stdout and in
docs/reliability.md.

  --executions N  how many messages (10000000)
  --seed N        of the campaign; a round's own seed follows from it (random)
  --resume        go on with a campaign that was ended, with its seed and counts
  --help          this text
`;
const STATE = new SavedCampaign<MessageCampaign<CodecCounts>>(NAME);
const ROUND = 100_000;
/** Memory that a round may leave behind for the engine's own sake: compiled code and the like. */
const MAX_GROWTH_BYTES = 16 * 1024 * 1024;
/** Ten times the bar of the longest message; these are short. */
const MAX_SLOWEST_MS = 1_000;

function main(): number {
  const campaign = readCampaign(STATE, emptyCounts());
  if (campaign === undefined) {
    process.stdout.write(HELP);
    return 0;
  }
  const counts = run(campaign);
  const line: CodecLine = { campaign: NAME, commit: commit(), seed: campaign.seed, ...counts };
  process.stdout.write(`${JSON.stringify(line)}\n`);
  writeReport(line);
  STATE.forget();
  const bad = counts.faults > 0 || counts.growthBytes > MAX_GROWTH_BYTES || counts.slowestMs > MAX_SLOWEST_MS;
  return bad ? 1 : 0;
}

/** Rounds until enough messages were read; the state is saved after each, so that a signal ends between two. */
function run(campaign: MessageCampaign<CodecCounts>): CodecCounts {
  let { counts } = campaign;
  let usedBytes: number | undefined;
  while (counts.executions < campaign.executions) {
    const fuzzer = new CodecFuzzer(SeededRandom.forRound(campaign.seed, counts.rounds));
    let slowestMs = 0;
    const startMs = performance.now();
    for (let count = Math.min(ROUND, campaign.executions - counts.executions); count > 0; count--) {
      const before = process.threadCpuUsage();
      fuzzer.step();
      const { user, system } = process.threadCpuUsage(before);
      slowestMs = Math.max(slowestMs, (user + system) / 1_000);
    }
    const tookMs = performance.now() - startMs;
    const nowBytes = bytesInUse();
    usedBytes ??= nowBytes;
    counts = addRound(counts, fuzzer.report, { slowestMs, growthBytes: Math.max(0, nowBytes - usedBytes) });
    for (const fault of fuzzer.report.faults) process.stderr.write(`round ${counts.rounds - 1}: ${fault}\n`);
    STATE.save({ ...campaign, counts });
    const microseconds = ((tookMs * 1_000) / fuzzer.report.executions).toFixed(1);
    process.stderr.write(
      `${counts.executions} of ${campaign.executions}, seed ${campaign.seed}: ${counts.faults} faults, ` +
        `${microseconds} us each, slowest ${slowestMs.toFixed(1)} ms, ${Math.round(nowBytes / 1024)} kB in use\n`,
    );
  }
  return counts;
}

await runProgram(async () => main());
