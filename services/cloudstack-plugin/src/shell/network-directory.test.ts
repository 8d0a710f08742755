import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Clock } from "@contrail/clock";
import { VncClient } from "@contrail/vnc-client";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { NetworkDirectory } from "./network-directory.ts";

let nowMs = 0;
const clock: Clock = {
  wallMs: () => nowMs,
  monotonicMs: () => nowMs,
  setTimer: () => ({ cancel: () => undefined }),
  sleep: () => Promise.reject(new Error("nobody sleeps here")),
};

/** Lists that are asked for and not yet answered. */
let asked: ServerResponse[] = [];
let onAsked = Promise.withResolvers<void>();
/** How many networks there are, for those who ask only that; and how many have. */
let count = 0;
let counts = 0;
const server = createServer((request, response) => {
  request.resume();
  if (request.url?.endsWith("?count=true")) {
    counts += 1;
    response.end(JSON.stringify({ "virtual-networks": { count } }));
    return;
  }
  asked.push(response);
  onAsked.resolve();
});
const directory = mkdtempSync(join(tmpdir(), "contrail-directory-"));
const socketPath = join(directory, "rest.sock");
const networks = () => new NetworkDirectory(new VncClient({ socketPath }), clock);

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
  rmSync(directory, { recursive: true });
});

beforeEach(() => {
  nowMs = 0;
  [count, counts] = [0, 0];
  asked = [];
  onAsked = Promise.withResolvers();
});

/** A network with a number, as far as it is looked at. */
function numbered(number: string) {
  return { annotations: { key_value_pair: [{ key: "cloudstack.network-id", value: number }] } };
}

/** Answers the list that is waited for with networks, by number. */
async function answerWith(held: Readonly<Record<string, string>>): Promise<void> {
  await onAsked.promise;
  onAsked = Promise.withResolvers();
  const items = Object.entries(held).map(([number, uuid]) => ({ uuid, ...numbered(number) }));
  count = items.length;
  asked.shift()?.end(JSON.stringify({ "virtual-networks": items }));
}

test("a network is looked for once, then known; a hint that was wrong is looked for again", async () => {
  const found = networks();
  const first = found.find("7");
  await answerWith({ 7: "u7", 8: "u8" });
  expect(await first).toBe("u7");
  expect(await found.find("8")).toBe("u8");
  nowMs = 5_000;
  const again = found.find("7", "u7");
  await answerWith({ 7: "other" });
  expect(await again).toBe("other");
});

test("a network that is made while a list is under way is known after it", async () => {
  const found = networks();
  const other = found.find("8");
  await onAsked.promise;
  found.note("u7", numbered("7"));
  await answerWith({ 8: "u8" });
  expect(await other).toBe("u8");
  expect(await found.find("7")).toBe("u7");
});

test("one that is made anew while a list is under way is not taken for the one before", async () => {
  const found = networks();
  found.note("before", numbered("7"));
  const other = found.find("8");
  await onAsked.promise;
  found.note("after", numbered("7"));
  await answerWith({ 7: "before", 8: "u8" });
  await other;
  expect(await found.find("7")).toBe("after");
});

test("one that is gone is forgotten with the next list", async () => {
  const found = networks();
  found.note("u7", numbered("7"));
  const other = found.find("8");
  await answerWith({ 8: "u8" });
  await other;
  expect(await found.find("7")).toBeUndefined();
});

test("who asks to look again while a list is under way gets one that begins later", async () => {
  const found = networks();
  const first = found.find("7");
  await onAsked.promise;
  found.forget();
  await answerWith({});
  await answerWith({ 7: "u7" });
  expect(await first).toBe("u7");
});

test("a hint that is found wrong while a list is under way is what the list says", async () => {
  const found = networks();
  const first = found.find("7");
  await answerWith({ 7: "before" });
  await first;
  nowMs = 5_000;
  count = 2; // Somebody has made one.
  const other = found.find("8");
  await onAsked.promise;
  const again = found.find("7", "before");
  await answerWith({ 7: "after", 8: "u8" });
  expect(await other).toBe("u8");
  expect(await again).toBe("after");
});

test("new networks cost a small answer each, however many there are; all are read again where somebody else has made one", async () => {
  const found = networks();
  const first = found.find("7");
  await answerWith({ 7: "u7" });
  await first;
  for (const number of ["8", "9", "10"]) {
    nowMs += 5_000;
    expect(await found.find(number)).toBeUndefined();
    await found.make(numbered(number), async () => {
      count += 1;
      return `u${number}`;
    });
    expect(await found.find(number)).toBe(`u${number}`);
  }
  nowMs += 5_000;
  await found.remove("u8", async () => {
    count -= 1;
  });
  expect(await found.find("8")).toBeUndefined();
  expect([counts, asked.length]).toEqual([4, 0]);
  count += 1;
  nowMs += 5_000;
  const foreign = found.find("11");
  await answerWith({ 7: "u7", 9: "u9", 10: "u10", 11: "u11" });
  expect(await foreign).toBe("u11");
  expect(counts).toBe(5);
});

test("a network that is being made while they are counted is nobody else's; one whose making has failed may be there", async () => {
  const found = networks();
  const first = found.find("7");
  await answerWith({ 7: "u7" });
  await first;
  nowMs += 5_000;
  const making = Promise.withResolvers<string>();
  const made = found.make(numbered("8"), () => making.promise);
  for (count of [1, 2]) {
    expect(await found.find("9")).toBeUndefined();
    nowMs += 5_000;
  }
  expect([counts, asked.length]).toEqual([2, 0]);
  making.reject(new Error("no answer"));
  await expect(made).rejects.toThrow("no answer");
  const again = found.find("8");
  await answerWith({ 7: "u7", 8: "u8" });
  expect(await again).toBe("u8");
});

test("a name that was denied does not hide the other one of the same network", async () => {
  const found = networks();
  const pairs = [
    { key: "cloudstack.network-id", value: "7" },
    { key: "cloudstack.uuid", value: "c7" },
  ];
  const first = found.find("0");
  await answerWith({});
  await first;
  found.note("u7", { annotations: { key_value_pair: pairs } });
  expect(await found.find("7", "u7")).toBeUndefined();
  expect(await found.find("c7")).toBe("u7");
});
