import { expect, test } from "vitest";
import { RestartGate, type RestartView } from "./restart-gate.ts";

const NOBODY: ReadonlySet<string> = new Set();

function view(more: Partial<RestartView>): RestartView {
  return {
    configComplete: true,
    timeIsUp: false,
    agents: ["host1", "host2"],
    agentsHeard: new Set(["host1", "host2"]),
    peers: ["control2"],
    peersHeard: new Set(["control2"]),
    ...more,
  };
}

function after(...views: readonly Partial<RestartView>[]): readonly [boolean, boolean] {
  const gate = new RestartGate();
  for (const each of views) gate.look(view(each));
  return [gate.toPeers, gate.toAgents];
}

test("a node that has heard everybody speaks", () => {
  expect(after({})).toEqual([true, true]);
});

test("without the configuration nobody hears an end, whatever the time", () => {
  expect(after({ configComplete: false, timeIsUp: true })).toEqual([false, false]);
});

test("an agent that has not spoken keeps both ends back", () => {
  expect(after({ agentsHeard: new Set(["host1"]) })).toEqual([false, false]);
});

test("a peer that has not spoken keeps back the end to agents only: two nodes that start together do not lock", () => {
  expect(after({ peersHeard: NOBODY })).toEqual([true, false]);
});

test("after the time everything goes without those that are missing", () => {
  expect(after({ agentsHeard: NOBODY, peersHeard: NOBODY, timeIsUp: true })).toEqual([true, true]);
});

test("what was opened stays open when another host is configured", () => {
  expect(after({}, { agents: ["host3"], peers: ["gateway"] })).toEqual([true, true]);
});

test("with nobody configured there is nobody to wait for", () => {
  expect(after({ agents: [], peers: [], agentsHeard: NOBODY, peersHeard: NOBODY })).toEqual([true, true]);
});
