// `npm run test:soak -- bgp-codec`: broken BGP messages, millions of them, and what the codec makes of them.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { CodecFuzzer } from "@contrail/bgp/testing";
import { REPOSITORY, SeededRandom } from "@contrail/testkit/embedded";
import { addRound, type CodecCounts, type CodecLine, emptyCounts, writeReport } from "./report.ts";

const HELP = `npm run test:soak -- bgp-codec [options]

Changes BGP messages of every type, family, attribute and fault, and reads them as sessions of every kind would: nothing
may throw, grow, or come back as another thing. Progress on stderr, counts as one JSON line on stdout and in
docs/reliability.md.

  --executions N  how many messages (10000000)
  --seed N        of the campaign; a round's own seed follows from it (random)
  --resume        go on with a campaign that was ended, with its seed and counts
  --help          this text
`;
const ROUND = 100_000;
/** Memory that a round may leave behind for the engine's own sake: compiled code and the like. */
const MAX_GROWTH_BYTES = 16 * 1024 * 1024;
/** Ten times the bar of the longest message; these are short. */
const MAX_SLOWEST_MS = 1_000;
const STATE = join(REPOSITORY, ".contrail/soak/bgp-codec.json");

interface Campaign {
  readonly seed: number;
  readonly executions: number;
  readonly counts: CodecCounts;
}

function main(): number {
  const campaign = readCampaign();
  if (campaign === undefined) {
    process.stdout.write(HELP);
    return 0;
  }
  const counts = run(campaign);
  const line: CodecLine = { campaign: "bgp-codec", commit: commit(), seed: campaign.seed, ...counts };
  process.stdout.write(`${JSON.stringify(line)}\n`);
  writeReport(line);
  rmSync(STATE, { force: true });
  const bad = counts.faults > 0 || counts.growthBytes > MAX_GROWTH_BYTES || counts.slowestMs > MAX_SLOWEST_MS;
  return bad ? 1 : 0;
}

/** Rounds until enough messages were read; the state is saved after each, so that a signal ends between two. */
function run(campaign: Campaign): CodecCounts {
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
    save({ ...campaign, counts });
    const microseconds = ((tookMs * 1_000) / fuzzer.report.executions).toFixed(1);
    process.stderr.write(
      `${counts.executions} of ${campaign.executions}, seed ${campaign.seed}: ${counts.faults} faults, ` +
        `${microseconds} us each, slowest ${slowestMs.toFixed(1)} ms, ${Math.round(nowBytes / 1024)} kB in use\n`,
    );
  }
  return counts;
}

/** What is reachable: after a full collection, which node does on demand with this flag. */
function bytesInUse(): number {
  setFlagsFromString("--expose-gc");
  runInNewContext("gc")();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/** From the command line, or from the state of a campaign that was ended; undefined where help is asked for. */
function readCampaign(): Campaign | undefined {
  const { values } = parseArgs({
    options: {
      help: { type: "boolean", default: false },
      resume: { type: "boolean", default: false },
      executions: { type: "string", default: "10000000" },
      seed: { type: "string", default: String(Math.floor(Math.random() * 1e6)) },
    },
  });
  if (values.help) return undefined;
  if (values.resume) {
    if (!existsSync(STATE)) throw new Error("there is no campaign to go on with");
    return JSON.parse(readFileSync(STATE, "utf8")) as Campaign; // Written below.
  }
  const [executions, seed] = [whole("--executions", values.executions), whole("--seed", values.seed)];
  return { executions, seed, counts: emptyCounts() };
}

function whole(name: string, text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 0) return value;
  throw new Error(`${name} is a whole number, not ${text}`);
}

function save(campaign: Campaign): void {
  mkdirSync(dirname(STATE), { recursive: true });
  writeFileSync(STATE, JSON.stringify(campaign));
}

function commit(): string {
  return execFileSync("git", ["rev-parse", "--short=12", "HEAD"], { cwd: REPOSITORY, encoding: "utf8" }).trim();
}

try {
  process.exitCode = main();
} catch (reason) {
  process.stderr.write(`${reason instanceof Error ? reason.message : String(reason)}\n`);
  process.exitCode = 1;
}
