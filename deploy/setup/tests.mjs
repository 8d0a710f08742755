// `npm test`: checks and test tiers, one after the other, and the sum at the end.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { preferNewestGoBgp } from "./go-programs.mjs";
import { ROOT, run, say } from "./packages.mjs";
import { ensureTestTools } from "./tools.mjs";

/**
 * Each tier's projects of vitest.config.ts, by lane: lanes run beside each other, as tests of stores mostly wait for
 * servers to start, to end and to find one another.
 */
const LANES = {
  unit: [["unit"]],
  integration: [["integration", "integration-network"], ["integration-stores"]],
  system: [["system"]],
};
const TIERS = Object.keys(LANES);
const BIN = join(ROOT, "node_modules/.bin");

/** Checks that are no vitest tests: name, command, arguments. */
const CHECKS = [
  ["types", join(BIN, "turbo"), ["run", "typecheck", "--concurrency=2", "--output-logs=errors-only"]],
  ["lint", join(BIN, "biome"), ["check", "--error-on-warnings", "."]],
  ["proto lint", join(BIN, "buf"), ["lint"]],
  ["dead code", join(BIN, "knip"), ["--no-progress"]],
];

/** Runs the tiers asked for, or all; gives the exit code. */
export async function runTests(args) {
  const tiers = args.length === 0 ? TIERS : args.filter((arg) => TIERS.includes(arg));
  if (tiers.length === 0) {
    process.stderr.write(`tiers are ${TIERS.join(", ")}\n`);
    return 2;
  }
  if (tiers.some((tier) => tier !== "unit")) await ensureTestTools();
  if (tiers.includes("integration")) await preferNewestGoBgp();
  const total = { passed: 0, failed: 0, skipped: 0 };
  const env = {
    ...process.env,
    PATH: `${BIN}:${process.env.PATH}`,
    TURBO_TELEMETRY_DISABLED: "1",
    NODE_COMPILE_CACHE: join(ROOT, ".contrail/cache/node"),
    NODE_NO_WARNINGS: "1",
  };
  if (tiers.includes("unit")) {
    for (const [name, command, commandArgs] of CHECKS) {
      say(`checking ${name}`);
      const ok = (await run(command, commandArgs, { env })) === 0;
      total[ok ? "passed" : "failed"] += 1;
      if (!ok) say(`FAILED: ${name}`);
    }
  }
  for (const tier of tiers) add(total, await runTier(tier, env));
  process.stdout.write(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped\n`);
  return total.failed === 0 ? 0 : 1;
}

async function runTier(tier, env) {
  say(`running ${tier} tests`);
  const lanes = LANES[tier];
  const counts = { passed: 0, failed: 0, skipped: 0 };
  // Two programs that redraw one terminal would write over each other: with several lanes each writes plain lines.
  const options = lanes.length > 1 ? { env, stdio: ["ignore", "pipe", "pipe"] } : { env };
  for (const lane of await Promise.all(lanes.map((projects) => runLane(projects, options)))) add(counts, lane);
  return counts;
}

async function runLane(projects, options) {
  const directory = mkdtempSync(join(tmpdir(), "contrail-tests-"));
  const report = join(directory, "report.json");
  const chosen = projects.map((project) => `--project=${project}`);
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  const code = await run(
    join(BIN, "vitest"),
    ["run", ...chosen, "--maxWorkers=2", "--passWithNoTests", ...reporters],
    options,
  );
  const counts = readCounts(report);
  rmSync(directory, { recursive: true, force: true });
  // A run that failed outside a test (a file that does not load, an unhandled error) counts as one failure.
  if (code !== 0 && counts.failed === 0) counts.failed = 1;
  return counts;
}

function readCounts(report) {
  try {
    const { numPassedTests, numFailedTests, numPendingTests, numTodoTests } = JSON.parse(readFileSync(report, "utf8"));
    return { passed: numPassedTests, failed: numFailedTests, skipped: numPendingTests + numTodoTests };
  } catch {
    return { passed: 0, failed: 1, skipped: 0 };
  }
}

function add(total, counts) {
  for (const key of Object.keys(total)) total[key] += counts[key];
}
