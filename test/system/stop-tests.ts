import { eventually } from "@contrail/testkit/embedded";
import { expect } from "vitest";
import { type SystemUnderTest, scenario } from "./running-system.ts";

const REFUSED_MS = 60_000;
const DOWN_MS = 60_000;

/** A second start, and the end; nothing may be asked of the system after these. */
export function stopTests(under: SystemUnderTest): void {
  scenario(
    under,
    "a second start is refused with the next step, and does the running system no harm",
    async (system) => {
      for (const flags of [[], ["--once"]]) {
        const { code, stdout, stderr } = await system.run.start(...flags).end(REFUSED_MS);
        expect([code, stdout]).toEqual([1, ""]);
        expect(stderr).toContain("a system is running already; stop it by: contrail down");
      }
      expect((await system.status()).state).toBe("healthy");
    },
  );

  scenario(under, "down ends the system; after that every command says how to start one", async (system) => {
    expect((await system.contrail("down")).code).toBe(0);
    await eventually("the system is gone", DOWN_MS, () =>
      system.status().then(
        () => false,
        () => true,
      ),
    );
    for (const command of [["status"], ["machine", "list"], ["demo"], ["down"]]) {
      const { code, stdout, stderr } = await system.contrail(...command);
      expect([command, code, stdout]).toEqual([command, 1, ""]);
      expect(stderr).toContain("no system is running; start one by: npm start");
    }
  });
}
