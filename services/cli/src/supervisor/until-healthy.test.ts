import { expect, test } from "vitest";
import type { SystemStatus } from "./status.ts";
import { untilHealthy, wrongsOfNodes } from "./until-healthy.ts";

/** The status of a system whose only node has this problem. */
function withProblem(problem: string | null): SystemStatus {
  return {
    state: problem === null ? "healthy" : "degraded",
    nodes: [{ name: "control-1", state: "running", problem }],
  } as unknown as SystemStatus; // All that is looked at.
}

/** Looks that see these problems one after the other, then the last one. */
function looks(...problems: readonly (string | null)[]) {
  let seen = 0;
  return {
    look: async () => withProblem(problems[Math.min(seen++, problems.length - 1)] ?? null),
    seen: () => seen,
  };
}

test("waits until nothing is wrong", async () => {
  const { look, seen } = looks("no BGP session", "no BGP session", null);
  const status = await untilHealthy(look, { deadlineMs: 10_000, signal: new AbortController().signal });
  expect([status.state, seen(), wrongsOfNodes(status)]).toEqual(["healthy", 3, []]);
});

test("tells what is wrong when the time is up, and at once when it is to end", async () => {
  const late = await untilHealthy(looks("no BGP session").look, {
    deadlineMs: 0,
    signal: new AbortController().signal,
  });
  expect(wrongsOfNodes(late)).toEqual(["control-1: no BGP session"]);
  const { look, seen } = looks("no BGP session");
  await untilHealthy(look, { deadlineMs: 10_000, signal: AbortSignal.abort() });
  expect(seen()).toBe(1);
});
