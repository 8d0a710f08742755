import fastify, { type FastifyInstance } from "fastify";
import { afterEach, beforeEach, expect, test } from "vitest";
import { HeldClock } from "../../testing/held-clock.ts";
import { Serving } from "./serving.ts";

const GRACE_MS = 500;

let clock: HeldClock;
let app: FastifyInstance;
let serving: Serving;

beforeEach(() => {
  clock = new HeldClock();
  serving = new Serving(clock);
  app = fastify();
  serving.guard(app);
  app.get("/", async () => "served");
  serving.open();
});

afterEach(() => app.close());

const ask = async () => (await app.inject("/")).statusCode;

/** Lets so much time pass, step by step, until the promise has ended; gives what has passed. */
async function msUntil(promise: Promise<void>, mostMs: number): Promise<number> {
  let isOver = false;
  void promise.then(() => {
    isOver = true;
  });
  for (let passedMs = 0; passedMs < mostMs; passedMs += 50) {
    clock.advance(50);
    await new Promise(setImmediate);
    if (isOver) return passedMs + 50;
  }
  return Number.POSITIVE_INFINITY;
}

test("a node that stops sends clients away until none has come for the time in which they hear of it", async () => {
  expect(await ask()).toBe(200);
  const drained = serving.drain(GRACE_MS);
  expect(await msUntil(drained, 450)).toBe(Number.POSITIVE_INFINITY);
  expect(await ask()).toBe(503);
  expect(await msUntil(drained, 450)).toBe(Number.POSITIVE_INFINITY);
  expect(await msUntil(drained, 200)).toBeLessThanOrEqual(150);
});

test("it ends after five seconds though clients come all the time", async () => {
  const drained = serving.drain(GRACE_MS);
  let passedMs = 0;
  for (; passedMs < 10_000 && (await msUntil(drained, 50)) > 50; passedMs += 50) await ask();
  expect(passedMs).toBeGreaterThan(4_500);
  expect(passedMs).toBeLessThan(5_500);
});
