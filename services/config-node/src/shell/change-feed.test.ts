import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLocalBus, openLog } from "@contrail/bus-embedded";
import { expect, test } from "vitest";
import { ChangeFeed } from "./change-feed.ts";

test("five hundred may follow at a time; one more is refused until one goes, and a stop ends all", async () => {
  const directory = mkdtempSync(join(tmpdir(), "contrail-feed-"));
  const log = await openLog(join(directory, "log.db"));
  const [stop, first] = [new AbortController(), new AbortController()];
  const feed = new ChangeFeed(createLocalBus(log), stop.signal);
  const ends = Array.from({ length: 500 }, async (_, index) => {
    const signal = index === 0 ? first.signal : new AbortController().signal;
    for await (const batch of feed.follow(0n, signal)) expect(batch).toEqual([]);
  });
  expect(() => feed.refuseTooMany()).toThrow(/500 clients are watching already/);
  first.abort();
  await ends[0];
  expect(() => feed.refuseTooMany()).not.toThrow();
  stop.abort();
  await Promise.all(ends);
  await log.close();
  rmSync(directory, { recursive: true });
});
