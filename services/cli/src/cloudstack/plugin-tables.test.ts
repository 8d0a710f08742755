import { expect, test } from "vitest";
import { diffSchema, eventsSchema, type PluginStatus, reconcileSchema, statusSchema } from "./plugin-answers.ts";
import {
  callRows,
  differenceRows,
  diffSummary,
  eventRows,
  failureLines,
  type Rows,
  reconcileSummary,
  surroundings,
  unknownLines,
  unsettledRows,
  wrongsOf,
} from "./plugin-tables.ts";

const plain = (rows: Rows): string => rows.map((row) => row.join("|")).join("\n");
const AT = "2026-11-26T03:25:29.834Z";
const FAILURE = {
  command: "prepare-nic",
  network: "208",
  nic: "7",
  code: "vnc.unavailable",
  text: "no answer",
  next: "look at it",
  firstAt: AT,
  lastAt: AT,
  times: 2,
  closedAt: null,
};

const SILENT = {
  startedAt: AT,
  configuration: { socket: "/s", reachable: true, reason: null },
  calls: [],
  failures: { open: 0, forgotten: 0, list: [] },
  reconciler: null,
};
const TAKEN = {
  ...{ takenAt: AT, cloudstack: { networks: 2, machines: 3, nics: 4 }, seconds: 1.25 },
  ...{ found: 0, waiting: 0, unknown: [], unknownCount: 0 },
};
const RUN = { ...TAKEN, found: 2, settled: 1, writes: 2, failed: 0, failures: [], inUse: 0, held: false };
const RECONCILER = { reachable: true, since: AT, problem: null, triedAgainSeconds: null, last: RUN, open: 4 };
const DIFFERENCE = { action: "create", type: "project", uuid: "v", name: "", network: null, reason: "missing" };
const UNSETTLED = { ...DIFFERENCE, problem: "refused" };
const statusOf = (fields: object): PluginStatus => statusSchema.parse({ ...SILENT, ...fields });

test("a plugin that has been called by nobody and asks nobody is well", () => {
  expect(wrongsOf(statusOf({}))).toEqual([]);
  expect(plain(surroundings(statusOf({})))).toBe(
    `plugin|serves since ${AT}\nconfiguration node|answers\nCloudStack's API|not asked: the plugin has no keys of it (--cloudstack-keys)`,
  );
});

test.each([
  [{ configuration: { socket: "/s", reachable: false, reason: "ENOENT" } }, /does not answer on \/s: ENOENT/],
  [{ failures: { open: 3, forgotten: 0, list: [] } }, /have not succeeded since: 3/],
  [
    { reconciler: { ...RECONCILER, reachable: false, problem: "401" } },
    /API is not reached since 2026-11-26T03:25:29.834Z: 401/,
  ],
  [{ reconciler: { ...RECONCILER, problem: "too slow" } }, /^reconciling: too slow$/],
  [
    { reconciler: { ...RECONCILER, problem: "not reached", triedAgainSeconds: 4 } },
    /^reconciling: not reached; it is tried again in 4 s$/,
  ],
  [
    { reconciler: { ...RECONCILER, last: { ...RUN, failed: 140, failures: [UNSETTLED] } } },
    /^not settled: 140, the first of them project v: refused; all: contrail cloudstack reconcile$/,
  ],
])("%j is wrong", (fields, text) => {
  const wrongs = wrongsOf(statusOf(fields));
  expect(wrongs).toHaveLength(1);
  expect(wrongs.join()).toMatch(text);
});

test("differences that are left are shown, and wrong only in diff", () => {
  const status = statusOf({ reconciler: RECONCILER });
  expect(wrongsOf(status)).toEqual([]);
  expect(plain(surroundings(status))).toMatch(
    /API\|answers since 2026[^\n]*\nlast reconciliation\|2026[^\n]*, 1.3 s, 1 difference settled by 2 writes\ndifferences left\|4$/,
  );
  const last = (waiting: number) => statusOf({ reconciler: { ...RECONCILER, last: { ...RUN, waiting } } });
  expect(plain(surroundings(last(4)))).toMatch(/differences left\|4 \(waiting for the grace time\)$/);
  expect(plain(surroundings(last(1)))).toMatch(/differences left\|4 \(1 of them waiting for the grace time\)$/);
});

test("a reconciler that has not asked yet is not wrong", () => {
  const status = statusOf({
    reconciler: { ...RECONCILER, reachable: false, since: null, problem: "not asked yet", last: null, open: 0 },
  });
  expect(wrongsOf(status)).toEqual([]);
  expect(plain(surroundings(status))).toMatch(/CloudStack's API\|not asked yet$/);
});

test("a failure stands with its text, and what to do next as long as it is open", () => {
  const list = [FAILURE, { ...FAILURE, network: null, nic: null, closedAt: AT }];
  const status = statusOf({
    calls: [{ command: "prepare-nic", done: 9, failed: 3 }],
    failures: { open: 1, forgotten: 2, list },
  });
  expect(plain(callRows(status))).toBe("COMMAND|DONE|FAILED\nprepare-nic|9|3");
  expect(failureLines(status, plain)).toBe(
    [
      "LAST|COMMAND|NETWORK|NIC|CODE|TIMES|STATE",
      `${AT}|prepare-nic|208|7|vnc.unavailable|2|open`,
      "  no answer",
      "  next: look at it",
      `${AT}|prepare-nic|-|-|vnc.unavailable|2|over ${AT}`,
      "  no answer",
      "2 older ones are forgotten",
      "",
    ].join("\n"),
  );
});

test("names and texts of strangers stay on their line and move no cursor", () => {
  const evil = "a\u001b[2Jb\nc\u009bd";
  const difference = { action: "create", type: "virtual-network", uuid: "u", name: evil, network: evil, reason: evil };
  const events = eventsSchema.parse({ events: [{ id: 1, at: AT, kind: "command-failed", text: evil, details: {} }] });
  const reconciled = reconcileSchema.parse({
    ...RUN,
    differences: [],
    failed: 1,
    failures: [{ ...difference, problem: evil }],
  });
  const list = [{ ...FAILURE, text: evil, next: evil }];
  const status = statusOf({ failures: { open: 1, forgotten: 0, list } });
  const texts = [
    ...[
      ...eventRows(events),
      ...unsettledRows(reconciled),
      ...differenceRows([{ ...difference, waitsSeconds: null }]),
    ].flat(),
    ...failureLines(status, plain).split("\n"),
  ];
  expect(texts.filter((text) => /\p{Cc}/u.test(text))).toEqual([]);
  expect(texts.filter((text) => text.includes("a [2Jb c d"))).toHaveLength(8);
});

test("a list without events has no head", () => {
  expect(eventRows({ events: [] })).toEqual([]);
});

test("a diff says what it was taken of, and a row what is to be done to what", () => {
  expect(diffSummary(diffSchema.parse({ ...TAKEN, differences: [] }))).toBe(
    `no differences; CloudStack has 2 networks, 3 machines, 4 NICs (${AT}, 1.3 s)`,
  );
  const waiting = { ...DIFFERENCE, action: "wait", name: "n", network: "8", reason: "gone", waitsSeconds: 9 };
  const diff = diffSchema.parse({ ...TAKEN, found: 2, differences: [waiting, DIFFERENCE] });
  expect(diffSummary(diff)).toMatch(/^2 differences;/);
  const cut = diffSchema.parse({ ...TAKEN, found: 4_711, differences: [DIFFERENCE] });
  expect(diffSummary(cut)).toMatch(/^4711 differences, the first 1 are shown; all: --limit 4711;/);
  expect(plain(differenceRows(diff.differences))).toBe(
    [
      "ACTION|TYPE|NAME|UUID|NETWORK|REASON|WAITS",
      "wait|project|n|v|8|gone|9 s",
      "create|project|-|v|-|missing|-",
    ].join("\n"),
  );
});

test("what CloudStack answered and nobody understands is named, and what is not listed is counted", () => {
  const item = { type: "virtual-network", uuid: "u", name: "a\u001b[2Jb", problem: "listNetworks: at cidr" };
  const diff = diffSchema.parse({
    ...TAKEN,
    unknown: [item, { type: "project", problem: "?" }],
    unknownCount: 5,
    differences: [],
  });
  expect(unknownLines(diff)).toEqual([
    "not understood: virtual-network a [2Jb u: listNetworks: at cidr",
    "not understood: project: ?",
    "not understood: 3 more",
  ]);
  expect(unknownLines(diffSchema.parse({ ...TAKEN, differences: [] }))).toEqual([]);
});

test("a reconciliation says what it did, what failed and what it kept for a person to decide", () => {
  const done = reconcileSchema.parse({ ...RUN, waiting: 1, differences: [DIFFERENCE] });
  expect(unsettledRows(done)).toEqual([]);
  expect(reconcileSummary(done)).toBe("2 differences, 1 settled by 2 writes, 0 failed, 1 waiting (1.3 s)");
  const more = { failed: 140, failures: [UNSETTLED], inUse: 2, held: true };
  const held = reconcileSchema.parse({ ...RUN, differences: [], ...more });
  expect(plain(unsettledRows(held))).toBe("ACTION|TYPE|NAME|UUID|PROBLEM\ncreate|project|-|v|refused");
  expect(reconcileSummary(held)).toMatch(/, 140 failed, the first 1 are shown, 0 waiting, 2 still used by others \(/);
  expect(reconcileSummary(held)).toMatch(/nothing was removed.*--remove-many$/);
});
