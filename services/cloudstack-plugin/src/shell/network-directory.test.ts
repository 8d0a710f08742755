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
const server = createServer((request, response) => {
  request.resume();
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
  asked = [];
  onAsked = Promise.withResolvers();
});

/** Answers the list that is waited for with networks, by number. */
async function answerWith(held: Readonly<Record<string, string>>): Promise<void> {
  await onAsked.promise;
  onAsked = Promise.withResolvers();
  const items = Object.entries(held).map(([number, uuid]) => ({
    uuid,
    annotations: { key_value_pair: [{ key: "cloudstack.network-id", value: number }] },
  }));
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
  found.made("7", "u7");
  await answerWith({ 8: "u8" });
  expect(await other).toBe("u8");
  expect(await found.find("7")).toBe("u7");
});

test("one that is made anew while a list is under way is not taken for the one before", async () => {
  const found = networks();
  found.made("7", "before");
  const other = found.find("8");
  await onAsked.promise;
  found.made("7", "after");
  await answerWith({ 7: "before", 8: "u8" });
  await other;
  expect(await found.find("7")).toBe("after");
});

test("one that is gone is forgotten with the next list", async () => {
  const found = networks();
  found.made("7", "u7");
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
  const other = found.find("8");
  await onAsked.promise;
  const again = found.find("7", "before");
  await answerWith({ 7: "after", 8: "u8" });
  expect(await other).toBe("u8");
  expect(await again).toBe("after");
});
