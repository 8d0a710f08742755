import { existsSync } from "node:fs";
import {
  addedSince,
  eventually,
  missingFor,
  RunEnvironment,
  type SystemForm,
  type SystemState,
  withReason,
} from "@contrail/testkit/embedded";
import { describe, expect, test } from "vitest";

const STORES = ["--store", "cassandra", "--bus", "kafka"];
const DEMONSTRATION_MS = 480_000;
const UP_MS = 300_000;
const STOP_MS = 60_000;
const SEVEN_HOLD: readonly boolean[] = Array(7).fill(true);

/** The first form that this machine can have; the tests take different ones, since the servers take a minute to start. */
function formOf(first: SystemForm, second: SystemForm): SystemForm {
  return missingFor(first) === undefined ? first : second;
}

/** Why it cannot run here. */
function missingHere(form: SystemForm): string | undefined {
  const programs = ["/usr/bin/java", "/usr/bin/mvn"].filter((path) => !existsSync(path));
  return programs.length > 0 ? `needs ${programs.join(" and ")}` : missingFor(form);
}

/** Whether each step of a demonstration held; prints what they told. */
function stepsOf(form: SystemForm, stdout: string): readonly boolean[] {
  const lines = stdout.trimEnd().split("\n");
  const steps = lines.map((line) => JSON.parse(line) as { step: number; ok: boolean; detail: string }); // Its own form.
  process.stderr.write(steps.map(({ step, detail }) => `${form}, Cassandra and Kafka, ${step}: ${detail}\n`).join(""));
  return steps.map(({ ok }) => ok);
}

/** Waits until the machine is as it was. */
async function nothingLeft(run: RunEnvironment, before: ReturnType<RunEnvironment["snapshot"]>): Promise<void> {
  await eventually("nothing is left", STOP_MS, () => {
    const added = addedSince(before, run.snapshot());
    if (added.length > 0) throw new Error(added.join("; "));
    return true;
  });
}

describe("the embedded system on Cassandra and Kafka", () => {
  const form = formOf("ebpf", "user");
  const missing = missingHere(form);
  if (missing !== undefined) process.stderr.write(`Cassandra and Kafka, form ${form}: skipped: ${missing}\n`);

  test.skipIf(missing !== undefined)(
    withReason("the demonstration's seven steps hold, and nothing is left", missing),
    async () => {
      const run = new RunEnvironment(form);
      try {
        const before = run.snapshot();
        const { code, stdout, stderr } = await run.start("--once", "--json", ...STORES).end(DEMONSTRATION_MS);
        expect([stepsOf(form, stdout), code, stderr]).toEqual([SEVEN_HOLD, 0, expect.stringContaining("is up")]);
        await nothingLeft(run, before);
      } finally {
        await run.close();
      }
    },
  );
});

describe("a state directory of Cassandra and Kafka", () => {
  const form = formOf("user", "ebpf");
  const missing = missingHere(form);
  if (missing !== undefined) process.stderr.write(`a state directory, form ${form}: skipped: ${missing}\n`);

  test.skipIf(missing !== undefined)(
    withReason(
      "serves the demonstration, keeps its objects over kill -9 of all of it, and refuses other stores",
      missing,
    ),
    async () => {
      const run = new RunEnvironment(form);
      try {
        const before = run.snapshot();
        const first = run.start("--json", ...STORES);
        await first.said("it is up", UP_MS, ({ stdout }) => stdout.includes("\n"));
        const status = await run.contrail(["status", "--json"]).end(STOP_MS);
        const { state, nodes, wideListeners } = JSON.parse(status.stdout) as SystemState;
        const wrongs = nodes.filter(({ problem }) => problem !== null);
        expect([state, wrongs, wideListeners]).toEqual(["healthy", [], []]);
        const demo = await run.contrail(["demo", "--json"]).end(DEMONSTRATION_MS);
        expect([stepsOf(form, demo.stdout), demo.code]).toEqual([SEVEN_HOLD, 0]);
        const name = "default-domain:default-project:kept";
        const made = await run.contrail(["api", "create", "virtual-network", name]).end(STOP_MS);
        expect([made.code, made.stderr]).toEqual([0, ""]);
        expect(run.kill(/./)).toBeGreaterThan(10); // Supervisor, services, Cassandra and Kafka at once.
        await first.end(STOP_MS);

        const other = await run.start("--json").end(UP_MS);
        expect([other.code, other.stdout]).toEqual([1, ""]);
        expect(other.stderr).toMatch(/holds a system of --store cassandra --bus kafka; give these/);

        const next = run.start("--json", ...STORES);
        await next.said("it is up again", UP_MS, ({ stdout }) => stdout.includes("\n"));
        const list = await run.contrail(["api", "list", "virtual-network"]).end(STOP_MS);
        expect(list.stdout).toContain(name);
        next.signal("SIGTERM", "command");
        expect((await next.end(STOP_MS)).code).toBe(0);
        await nothingLeft(run, before);
      } finally {
        await run.close();
      }
    },
  );
});
