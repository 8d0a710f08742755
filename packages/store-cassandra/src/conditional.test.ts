import { errors, types } from "cassandra-driver";
import { describe, expect, test } from "vitest";
import { decide, type Verdict } from "./conditional.ts";

/** A clock on which every wait is over at once. */
function leapingClock() {
  let now = 0;
  return {
    wallMs: () => now,
    monotonicMs: () => now,
    setTimer: (delayMs: number, callback: () => void) => {
      now += delayMs;
      queueMicrotask(callback);
      return { cancel: () => undefined };
    },
    sleep: () => Promise.resolve(),
  };
}

/** Decides a write whose sending fails each time; look: what is found after each. */
function failing(failure: Error, look: Verdict): Promise<boolean> {
  const write = { what: "w", send: () => Promise.reject(failure), look: () => Promise.resolve(look) };
  return decide(leapingClock(), write);
}

const timeout = new errors.OperationTimedOutError("no answer", "a");
const unavailable = new errors.ResponseError(types.responseErrorCodes.unavailableException, "one copy of two");
const nobody = (inner: unknown) => new errors.NoHostAvailableError({ a: inner }, "none");

describe("a conditional write whose answer is lost", () => {
  test("is looked up", async () => {
    expect(await failing(timeout, "mine")).toBe(true);
    expect(await failing(timeout, "other")).toBe(false);
  });

  test("and that was not found is not known to have failed: its coordinator may still be at it", async () => {
    await expect(failing(timeout, "unchanged")).rejects.toMatchObject({
      ...{ code: "store.unavailable", fields: { unknown: true } },
    });
    await expect(failing(nobody(new Error("Socket was closed")), "unchanged")).rejects.toMatchObject({
      fields: { unknown: true },
    });
  });
});

test("a conditional write that no coordinator took up has failed", async () => {
  await expect(failing(unavailable, "unchanged")).rejects.toMatchObject({ code: "store.unavailable", fields: {} });
  await expect(failing(nobody("Host considered as DOWN"), "unchanged")).rejects.toMatchObject({ fields: {} });
});
