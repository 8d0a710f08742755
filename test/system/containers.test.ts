import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { eventually, missingFor, REPOSITORY, withReason } from "@contrail/testkit/embedded";
import { endChild } from "@contrail/testkit/process";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { containerProfile, environmentWith } from "./config.ts";

const NAMESPACE = "oc-test-docker";
const BUILD_MS = 900_000;
const UP_MS = 600_000;
const PROGRAMS = ["/usr/sbin/dockerd", "/usr/sbin/debootstrap", "/usr/bin/java", "/usr/bin/mvn"];
const PINS = "/sys/fs/bpf/contrail-compose";

/** Why containers cannot be run here. */
function missingHere(): string | undefined {
  const programs = PROGRAMS.filter((path) => !existsSync(path));
  if (programs.length > 0) return `needs ${programs.join(", ")}`;
  if (spawnSync("docker", ["compose", "version"]).status !== 0) return "needs docker compose 2";
  return missingFor("ebpf");
}

const missing = missingHere();
if (missing !== undefined)
  process.stderr.write(`the system in containers is skipped: ${missing}; see docs/deployment.md\n`);

/** An engine of its own, in a network namespace of its own: what it changes in the firewall is seen by nobody else. */
describe("the system in containers", () => {
  const base = missing === undefined ? mkdtempSync("/tmp/contrail-test-") : "";
  const state = join(base, "state");
  const socket = join(base, "docker.sock");
  const env = environmentWith({ DOCKER_HOST: `unix://${socket}` });
  let engine: ChildProcess | undefined;

  const run = (command: string, args: readonly string[]) =>
    spawnSync(command, args, { env, cwd: REPOSITORY, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  const contrail = (...args: readonly string[]) => run(process.execPath, ["services/cli/src/main.ts", ...args]);
  const compose = (...args: readonly string[]) =>
    run("docker", ["compose", "-f", "deploy/compose/compose.yaml", "--env-file", join(state, "compose.env"), ...args]);

  beforeAll(async () => {
    if (missing !== undefined) return;
    run("ip", ["netns", "add", NAMESPACE]);
    const images = join(REPOSITORY, ".contrail/cache/docker");
    mkdirSync(images, { recursive: true });
    const where = [
      "--data-root",
      images,
      "--exec-root",
      join(base, "exec"),
      "--pidfile",
      join(base, "pid"),
      "-H",
      `unix://${socket}`,
    ];
    engine = spawn("nsenter", [`--net=/run/netns/${NAMESPACE}`, "--", "dockerd", ...where], { stdio: "ignore" });
    await eventually("the engine answers", 60_000, () => run("docker", ["version"]).status === 0);
    const built = run(process.execPath, ["deploy/images/build.mjs"]);
    expect([built.status, built.stderr]).toEqual([0, expect.stringContaining("built:")]);
  }, BUILD_MS);

  afterAll(async () => {
    if (missing !== undefined) return;
    if (existsSync(join(state, "compose.env"))) {
      compose("down", "-v", "-t", "5");
      contrail("compose", "remove", "--dir", state);
    }
    await endChild(engine, "SIGTERM");
    run("ip", ["netns", "del", NAMESPACE]);
    rmSync(base, { recursive: true, force: true });
  }, UP_MS);

  test.skipIf(missing !== undefined)(
    withReason(
      "docker compose up --wait ends in a system on which the demonstration's steps hold; nothing is left",
      missing,
    ),
    { timeout: UP_MS },
    () => {
      expect(contrail("compose", "prepare", "--dir", state, "--profile", containerProfile).status).toBe(0);
      const up = compose("up", "--wait", "--quiet-pull");
      expect([up.status, up.stderr]).toEqual([0, expect.stringContaining("Healthy")]);
      const { status, stdout, stderr } = contrail("demo", "--json", "--compose", state);
      const steps = stdout
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line) as { step: number; ok: boolean; detail: string }); // Its own form.
      process.stderr.write(
        steps.map(({ step, detail }) => `containers, ${containerProfile}, ${step}: ${detail}\n`).join(""),
      );
      expect([steps.map(({ ok }) => ok), status, stderr]).toEqual([Array(7).fill(true), 0, expect.anything()]);
      expect(compose("down", "-v", "-t", "5").status).toBe(0);
      expect(contrail("compose", "remove", "--dir", state).status).toBe(0);
      expect([existsSync(state), existsSync(PINS)]).toEqual([false, false]);
      expect(readFileSync("/proc/self/mountinfo", "utf8")).not.toContain(state);
      expect(run("docker", ["ps", "-aq"]).stdout).toBe("");
    },
  );
});
