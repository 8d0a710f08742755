import { missingFor, SeededRandom, withReason } from "@contrail/testkit/embedded";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { FaultWorld } from "./fault-world.ts";
import { headless } from "./headless.ts";
import { killRound } from "./kill-round.ts";
import { portAddedTwice, portBeforeConfiguration } from "./port-faults.ts";

/** A sample; the full campaign is `npm run test:soak -- kills`. */
const ROUNDS = 2;
const KILLS = 6;
const seed = Date.now() % 1_000_000;

describe.each(["ebpf", "typescript"] as const)("with the %s data plane", (form) => {
  const missing = missingFor(form);
  let made: FaultWorld | undefined;

  beforeAll(async () => {
    if (missing === undefined) made = await FaultWorld.make(form);
    else process.stderr.write(`faults with the ${form} data plane are skipped: ${missing}\n`);
  });
  afterAll(() => made?.close());

  const scenario = (name: string, work: (world: FaultWorld) => Promise<void>): void => {
    test.skipIf(missing !== undefined)(withReason(name, missing), async () => {
      if (made === undefined) throw new Error("the system did not start");
      await work(made);
    });
  };

  scenario("a port that is added twice is one port, and deleting it twice is no error", portAddedTwice);
  scenario("a port that comes before its configuration is closed, and opens when that comes", portBeforeConfiguration);
  scenario("agents that start again while no control node is there keep forwarding, by the same policy", headless);

  scenario("after kill -9 of processes at random moments everything is as was asked", async (world) => {
    process.stderr.write(
      `kills, ${form}: the seed is ${seed}; repeat: npm run test:soak -- kills --engine ${form} --seed ${seed} --kills ${ROUNDS * KILLS}\n`,
    );
    for (let round = 0; round < ROUNDS; round++) {
      const report = await killRound(world, SeededRandom.forRound(seed, round), KILLS);
      process.stderr.write(`kills, ${form}, round ${round + 1}: ${JSON.stringify(report)}\n`);
      if (report.faults.length > 0) process.stderr.write(`logs are kept in ${world.system.run.keepLogs()}\n`);
      expect(report.faults).toEqual([]);
    }
  });
});
