import { expect, test } from "vitest";
import { EventLog } from "./event-log.ts";

function logOf(max: number, events: number): EventLog {
  const log = new EventLog(max);
  for (let index = 1; index <= events; index++) {
    log.add({ at: "2026-11-24T02:49:37.000Z", kind: "command-failed", text: `event ${index}`, details: {} });
  }
  return log;
}

test("the last events are kept, and none gets an id that another had", () => {
  expect(
    logOf(3, 10)
      .latest(100)
      .map(({ id, text }) => [id, text]),
  ).toEqual([
    [8, "event 8"],
    [9, "event 9"],
    [10, "event 10"],
  ]);
});

test.each([
  [2, 0, [4, 5]],
  [10, 3, [4, 5]],
  [1, 3, [5]],
  [0, 0, []],
  [5, 5, []],
])("%i events after id %i are %j", (limit, after, ids) => {
  expect(
    logOf(10, 5)
      .latest(limit, after)
      .map(({ id }) => id),
  ).toEqual(ids);
});
