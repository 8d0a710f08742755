// `npm test`: checks and test tiers, one after the other, and the sum at the end.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
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

/** What `npm test -- --help` prints. */
export const TESTS_USAGE = `Usage: npm test [-- FILES]
       npm run test:unit | test:integration | test:system [-- FILES]

Runs checks and all tests, or those of one tier, and ends with "N passed, N failed, N skipped". What this machine lacks is
skipped and counted. FILES: only test files whose path contains one of these texts, and no checks.

  -h, --help  prints this text
`;

/** Runs the tiers asked for, or all; gives the exit code. */
export async function runTests(args) {
  const unknown = args.find((arg) => arg.startsWith("-"));
  if (unknown !== undefined) {
    process.stderr.write(`unknown option ${unknown}\n\n${TESTS_USAGE}`);
    return 2;
  }
  const asked = args.filter((arg) => TIERS.includes(arg));
  const tiers = asked.length === 0 ? TIERS : asked;
  const files = args.filter((arg) => !TIERS.includes(arg)).map((arg) => relative(ROOT, resolve(ROOT, arg)));
  const known = files.length === 0 ? [] : testFiles();
  const unmatched = files.find((text) => !known.some((path) => path.includes(text)));
  if (unmatched !== undefined) {
    process.stderr.write(`no path of a test file contains ${unmatched}\n\n${TESTS_USAGE}`);
    return 2;
  }
  if (tiers.some((tier) => tier !== "unit")) await ensureTestTools();
  if (tiers.includes("integration")) await preferNewestGoBgp();
  const total = nothing();
  const env = {
    ...process.env,
    PATH: `${BIN}:${process.env.PATH}`,
    TURBO_TELEMETRY_DISABLED: "1",
    NODE_COMPILE_CACHE: join(ROOT, ".contrail/cache/node"),
    NODE_NO_WARNINGS: "1",
  };
  if (tiers.includes("unit") && files.length === 0) {
    for (const [name, command, commandArgs] of CHECKS) {
      say(`checking ${name}`);
      const ok = (await run(command, commandArgs, { env })) === 0;
      total[ok ? "passed" : "failed"] += 1;
      if (!ok) total.failures.push(`check of ${name}: see its lines above`);
    }
  }
  for (const tier of tiers) add(total, await runTier(tier, files, env));
  if (files.length > 0 && total.passed + total.failed + total.skipped === 0) {
    process.stderr.write(`no file of ${tiers.join(", ")} contains ${files.join(" or ")} in its path\n`);
    return 2;
  }
  if (total.failures.length > 0) process.stdout.write(`\nwhat failed:\n\n${total.failures.join("\n\n")}\n\n`);
  process.stdout.write(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped\n`);
  return total.failed === 0 ? 0 : 1;
}

function testFiles() {
  return ["packages", "services", "test"].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true })
      .filter((path) => path.endsWith(".test.ts"))
      .map((path) => join(folder, path)),
  );
}

async function runTier(tier, files, env) {
  say(`running ${tier} tests`);
  const lanes = LANES[tier];
  const counts = nothing();
  // Two programs that redraw one terminal would write over each other: with several lanes each writes plain lines.
  const options = lanes.length > 1 ? { env, stdio: ["ignore", "pipe", "pipe"] } : { env };
  for (const lane of await Promise.all(lanes.map((projects) => runLane(projects, files, options)))) add(counts, lane);
  return counts;
}

async function runLane(projects, files, options) {
  const directory = mkdtempSync(join(tmpdir(), "contrail-tests-"));
  const report = join(directory, "report.json");
  const chosen = projects.map((project) => `--project=${project}`);
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  const code = await run(
    join(BIN, "vitest"),
    ["run", ...files, ...chosen, "--maxWorkers=2", "--passWithNoTests", ...reporters],
    options,
  );
  const counts = readReport(report);
  rmSync(directory, { recursive: true, force: true });
  // A run that failed outside a test (an unhandled error, a program that does not start) counts as one failure.
  if (code !== 0 && counts.failed === 0)
    return { ...counts, failed: 1, failures: [`vitest ${chosen.join(" ")} ended with ${code}: see its lines above`] };
  return counts;
}

/** Counts and failures of vitest's JSON report, whose times and stacks are left to its own lines. */
function readReport(file) {
  let report;
  try {
    report = JSON.parse(readFileSync(file, "utf8"));
  } catch (reason) {
    return { ...nothing(), failed: 1, failures: [`no report of vitest: ${reason.message}`] };
  }
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests } = report;
  const failures = report.testResults.flatMap(failuresOf);
  const skipped = numPendingTests + numTodoTests;
  return { passed: numPassedTests, failed: Math.max(numFailedTests, failures.length), skipped, failures };
}

/** The failed tests of one file with the first lines of what each said; or the file's own failure, where it did not load. */
function failuresOf({ name, status, message, assertionResults }) {
  const file = relative(ROOT, name);
  const failed = assertionResults.filter((test) => test.status === "failed");
  if (failed.length === 0)
    return status === "failed"
      ? [`${file}\n${firstLines(message || "one of its hooks failed: see its lines above")}`]
      : [];
  return failed.map((test) => `${file} > ${test.fullName}\n${firstLines(test.failureMessages.join("\n"))}`);
}

function firstLines(text) {
  const lines = text.split("\n").filter((line) => !line.includes("/node_modules/"));
  return [...lines.slice(0, 20), ...(lines.length > 20 ? ["..."] : [])].map((line) => `  ${line}`).join("\n");
}

function nothing() {
  return { passed: 0, failed: 0, skipped: 0, failures: [] };
}

function add(total, { passed, failed, skipped, failures }) {
  total.passed += passed;
  total.failed += failed;
  total.skipped += skipped;
  total.failures.push(...failures);
}
