import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { pythonEnvironment } from "@contrail/testkit/python";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SCHEMATHESIS_S, SEED } from "./config.ts";
import { ConfigNodeProcess } from "./config-node-process.ts";
import { missingPython } from "./python-environment.ts";

/** Exact, so that a run tomorrow makes up the same requests. */
const PACKAGES = ["schemathesis==4.32.5", "hypothesis==6.170.17"] as const;
const INSTALL_TIMEOUT_MS = 170_000;
/** What an answer must be: no 5xx, and status, content type and structure as the document says. */
const CHECKS = [
  "not_a_server_error",
  "status_code_conformance",
  "content_type_conformance",
  "response_schema_conformance",
];
/** Types whose objects the server completes or checks most, and all actions; the stream of events has no end. */
const TYPES = "virtual-network|instance-ip|floating-ip|security-group|network-policy|tag|project|route-table";
const CHOSEN = `^/((${TYPES})s?(/|$)|[a-z-]*[^s/]$|obj-perms|documentation)`;

const missing = missingPython();
if (missing !== undefined) process.stderr.write(`SKIPPED schemathesis: ${missing}\n`);

describe.skipIf(missing !== undefined)("requests that a machine makes up from the OpenAPI document", () => {
  let node: ConfigNodeProcess;

  beforeAll(async () => {
    node = await ConfigNodeProcess.start();
  });
  afterAll(() => node?.stop());

  test("are all answered as the document says", {
    timeout: INSTALL_TIMEOUT_MS + (SCHEMATHESIS_S + 90) * 1_000,
  }, async () => {
    const program = join(pythonEnvironment("schemathesis-4", PACKAGES, INSTALL_TIMEOUT_MS), "schemathesis");
    const url = `http://127.0.0.1:${node.port}/openapi.json`;
    const choice = ["--include-path-regex", CHOSEN, "--exclude-path", "/watch", "--phases", "coverage,fuzzing"];
    const run = ["--checks", CHECKS.join(), "--seed", String(SEED), "--max-time", String(SCHEMATHESIS_S)];
    const flags = [
      "run",
      url,
      ...choice,
      ...run,
      "--suppress-health-check",
      "all",
      "--continue-on-failure",
      "--no-color",
    ];
    const options = { cwd: node.directory, maxBuffer: 16 << 20 };
    const { stdout } = await promisify(execFile)(program, flags, options).catch((reason: { stdout?: string }) => {
      throw new Error(reason.stdout ?? String(reason));
    });
    const count = /(\d+) generated/.exec(stdout)?.[1];
    process.stderr.write(`schemathesis: seed ${SEED}, ${count} requests\n`);
    expect(Number(count), stdout).toBeGreaterThan(1_000);
    expect(stdout).not.toMatch(/found \d+ unique failure/);
  });
});
