import { expect, test } from "vitest";
import { diffSchema, eventsSchema, reconcileSchema, statusSchema } from "./plugin-answers.ts";
import {
  callRows,
  differenceRows,
  diffSummary,
  eventRows,
  failureLines,
  type Rows,
  reconciledRows,
  surroundings,
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

test("a plugin that has been called by nobody and asks nobody is well", () => {
  const status = statusSchema.parse({ name: "cloudstack-plugin", startedAt: AT, reconciler: null });
  expect(wrongsOf(status)).toEqual([]);
  expect(plain(surroundings(status))).toBe(
    `plugin|serves since ${AT}\nconfiguration node|unknown\nCloudStack's API|not asked: the reconciler is off`,
  );
});

test.each([
  [{ configuration: { socket: "/s", reachable: false, reason: "ENOENT" } }, /does not answer on \/s: ENOENT/],
  [{ failures: { open: 3, forgotten: 0, list: [] } }, /have not succeeded since: 3/],
  [
    { reconciler: { cloudstack: { reachable: false, since: AT, reason: "401" } } },
    /CloudStack's API is not reached since 2026-11-26T03:25:29.834Z: 401/,
  ],
  [{ reconciler: { last: { at: AT, error: "too slow" } } }, /last reconciliation failed: too slow/],
])("%j is wrong", (fields, text) => {
  const wrongs = wrongsOf(statusSchema.parse(fields));
  expect(wrongs).toHaveLength(1);
  expect(wrongs.join()).toMatch(text);
});

test("differences that are open are shown, and wrong only in diff", () => {
  const reconciler = { cloudstack: { reachable: true, since: AT }, last: { at: AT, seconds: 1.25 }, differences: 4 };
  const status = statusSchema.parse({ configuration: { reachable: true }, reconciler });
  expect(wrongsOf(status)).toEqual([]);
  expect(plain(surroundings(status))).toMatch(
    /CloudStack's API\|answers since 2026[^\n]*\nlast reconciliation\|2026[^\n]*, 1.3 s\nopen differences\|4$/,
  );
});

test("a failure stands with its text, and what to do next as long as it is open", () => {
  const list = [FAILURE, { ...FAILURE, network: null, nic: null, closedAt: AT }];
  const status = statusSchema.parse({
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
  const reconciled = reconcileSchema.parse({ failed: [{ ...difference, error: evil }] });
  const list = [{ ...FAILURE, text: evil, next: evil }];
  const status = statusSchema.parse({ failures: { open: 1, forgotten: 0, list } });
  const texts = [
    ...[...eventRows(events), ...reconciledRows(reconciled), ...differenceRows([{ ...difference }])].flat(),
    ...failureLines(status, plain).split("\n"),
  ];
  expect(texts.filter((text) => /\p{Cc}/u.test(text))).toEqual([]);
  expect(texts.filter((text) => text.includes("a [2Jb c d"))).toHaveLength(8);
});

test("a diff says what it was taken of, and a row what is to be done to what", () => {
  const nothing = { takenAt: AT, cloudstack: { networks: 2, machines: 3, nics: 4 }, seconds: 0.02 };
  expect(diffSummary(diffSchema.parse({ ...nothing, differences: [] }))).toBe(
    `no differences; CloudStack has 2 networks, 3 machines, 4 NICs (${AT}, 0.0 s)`,
  );
  const diff = diffSchema.parse({
    ...nothing,
    differences: [
      { action: "wait", type: "virtual-network", uuid: "u", name: "n", network: "8", reason: "gone", waitsSeconds: 9 },
      { action: "create", type: "project", uuid: "v", name: "", network: null, reason: "missing", waitsSeconds: null },
    ],
  });
  expect(diffSummary(diff)).toMatch(/^2 differences;/);
  expect(plain(differenceRows(diff.differences))).toBe(
    [
      "ACTION|TYPE|NAME|UUID|NETWORK|REASON|WAITS",
      "wait|virtual-network|n|u|8|gone|9 s",
      "create|project|-|v|-|missing|-",
    ].join("\n"),
  );
});

test("a reconciliation that found nothing to do has no table", () => {
  expect(reconciledRows(reconcileSchema.parse({}))).toEqual([]);
});
