import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { callSocket } from "@contrail/machine";
import { expect, test } from "vitest";
import { type AskedNode, nodeHealth, type Questions } from "./node-health.ts";

const HOST: AskedNode = { plan: { name: "host2", role: "vrouter" }, problem: undefined, logFile: "/log/host2.log" };
const WELL: Questions = {
  introspect: () =>
    Promise.resolve({ controlNodes: [{ address: "a", state: "established" }], problems: [], ports: [] }),
  pluginWrongs: () => Promise.resolve([]),
};

test("a node that takes the question and never answers is told with its log", async () => {
  const directory = mkdtempSync(join(tmpdir(), "contrail-health-"));
  const socketPath = join(directory, "s.sock");
  const silent = createServer(() => {});
  await new Promise<void>((resolve) => silent.listen(socketPath, resolve));
  try {
    const introspect = () => callSocket(socketPath, "GET", "/status", undefined, { deadlineMs: 200 });
    expect(await nodeHealth(HOST, { ...WELL, introspect })).toEqual({
      answers: false,
      problem: "does not answer in 0.2 s; its log: /log/host2.log",
      notes: [],
    });
  } finally {
    silent.closeAllConnections();
    silent.close();
    rmSync(directory, { recursive: true });
  }
});

test("a node that answers is told by what its page says", async () => {
  expect(await nodeHealth(HOST, WELL)).toEqual({ answers: true, problem: null, notes: [] });
  const plugin: AskedNode = { ...HOST, plan: { name: "cloudstack-plugin", role: "plugin" } };
  const wrong = { ...WELL, pluginWrongs: () => Promise.resolve(["one", "two"]) };
  expect((await nodeHealth(plugin, wrong)).problem).toBe("one; two; see: contrail cloudstack status");
});

test("a plugin whose control socket is silent does not answer, though its introspect does", async () => {
  const plugin: AskedNode = { ...HOST, plan: { name: "cloudstack-plugin", role: "plugin" } };
  const pluginWrongs = () => callSocket("/nowhere/control.sock", "GET", "/status").then(() => []);
  const { answers, problem } = await nodeHealth(plugin, { ...WELL, pluginWrongs });
  expect(answers).toBe(false);
  expect(problem).toMatch(/^does not answer \(.*control\.sock.*\); its log: /);
});

test("a node that does not run is not asked", async () => {
  const introspect = () => Promise.reject(new Error("asked"));
  const down = { ...HOST, problem: "it ended with SIGKILL; its log: /log/host2.log" };
  expect(await nodeHealth(down, { ...WELL, introspect })).toEqual({ answers: null, problem: down.problem, notes: [] });
});

test("what the configuration node has to say is a note and no problem", async () => {
  const config: AskedNode = { ...HOST, plan: { name: "config", role: "config" } };
  const introspect = () => Promise.resolve({ leading: true, notes: ["firewall policies are not compiled"] });
  expect(await nodeHealth(config, { ...WELL, introspect })).toEqual({
    answers: true,
    problem: null,
    notes: ["firewall policies are not compiled"],
  });
});
