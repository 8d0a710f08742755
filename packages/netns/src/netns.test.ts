import { expect, test } from "vitest";
import { disableOffloads, interfaceIndex, openPacketSocket, runIp, runIpJson } from "./index.ts";

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
