import { closeSync, mkdtempSync, openSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import {
  disableOffloads,
  interfaceIndex,
  isolateFromHostStack,
  openPacketSocket,
  runIp,
  runIpBatch,
  runIpJson,
  takeFileLock,
} from "./index.ts";

test("the loopback device has an index, a device that is not there has none", () => {
  expect(interfaceIndex("lo")).toBeGreaterThan(0);
  expect(interfaceIndex("oct-none0")).toBeUndefined();
});

test("a device that is not there is an outcome, not an exception", () => {
  expect(openPacketSocket("oct-none0")).toBeUndefined();
  expect(disableOffloads("oct-none0")).toBe(false);
});

test("iproute2 answers in JSON, and its refusal carries its own words", async () => {
  const [loopback] = await runIpJson(["link", "show", "lo"]);
  expect(loopback).toMatchObject({ ifname: "lo" });
  await expect(runIp(["link", "show", "oct-none0"])).rejects.toMatchObject({
    code: "netns.ip_failed",
    message: expect.stringContaining("oct-none0"),
  });
});

test("a batch stops at the first command that fails, with iproute2's words", async () => {
  await expect(runIpBatch(["link show lo", "link show oct-none0"])).rejects.toMatchObject({
    code: "netns.ip_failed",
    message: expect.stringContaining("oct-none0"),
  });
});

test("settings of a device that is not there are all named as not written", () => {
  const missed = isolateFromHostStack("oct-none0");
  expect(missed).toContain("ipv4/conf/oct-none0/arp_ignore");
  expect(missed).toHaveLength(5);
});

test("a file's lock has one holder, and is free again when that one lets go", () => {
  const directory = mkdtempSync(join(tmpdir(), "contrail-lock-"));
  const path = join(directory, "lock");
  const [first, second] = [openSync(path, "w"), openSync(path, "w")];
  expect(takeFileLock(first)).toBe(true);
  expect(takeFileLock(second)).toBe(false);
  closeSync(first);
  expect(takeFileLock(second)).toBe(true);
  closeSync(second);
  rmSync(directory, { recursive: true });
});
