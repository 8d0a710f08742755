import fc from "fast-check";
import { expect, test } from "vitest";
import { type Call, CallHistory } from "./call-history.ts";

const PROBLEM = { code: "vnc.unavailable", text: "gone", next: "start it" };

function call(command: string, networkId?: string, nicId?: string): Call {
  return { command, networkId, nicId };
}

test("a failure is open until the same command of the same network and NIC succeeds", () => {
  const history = new CallHistory();
  history.failed(call("prepare-nic", "1", "7"), PROBLEM, 10);
  for (const other of [call("prepare-nic", "1", "8"), call("prepare-nic", "2", "7"), call("release-nic", "1", "7")]) {
    expect(history.succeeded(other, 11)).toEqual([]);
  }
  expect(history.open).toBe(1);
  expect(history.succeeded(call("prepare-nic", "1", "7"), 12)).toMatchObject([{ lastAtMs: 10, closedAtMs: 12 }]);
  expect(history.open).toBe(0);
  expect(history.succeeded(call("prepare-nic", "1", "7"), 13)).toEqual([]);
});

test("the same failure again is one with a count, after an end it is a new one", () => {
  const history = new CallHistory();
  const one = call("implement-network", "1");
  history.failed(one, PROBLEM, 10);
  expect(history.failed(one, { ...PROBLEM, code: "internal" }, 20)).toMatchObject({
    firstAtMs: 10,
    times: 2,
    code: "internal",
  });
  history.succeeded(one, 30);
  expect(history.failed(one, PROBLEM, 40)).toMatchObject({ firstAtMs: 40, times: 1, closedAtMs: undefined });
  expect(history.failures).toHaveLength(1);
});

test("a failure without a number is over with the next success of its command", () => {
  const history = new CallHistory();
  history.failed(call("prepare-nic"), PROBLEM, 1);
  expect(history.succeeded(call("prepare-nic", "4", "2"), 2)).toHaveLength(1);
});

test("a network's end ends its failures, a NIC's end the NIC's", () => {
  const history = new CallHistory();
  for (const one of [call("prepare-nic", "1", "7"), call("save-password", "1", "8"), call("apply-fw-rules", "1")]) {
    history.failed(one, PROBLEM, 1);
  }
  history.failed(call("prepare-nic", "2", "7"), PROBLEM, 1);
  expect(history.succeeded(call("remove-dhcp-entry", "1", "7"), 2).map(({ nicId }) => nicId)).toEqual(["7"]);
  expect(history.succeeded(call("destroy-network", "1"), 3)).toHaveLength(2);
  expect(history.failures.filter(({ closedAtMs }) => closedAtMs === undefined)).toMatchObject([{ networkId: "2" }]);
});

test("a comparison that finds no difference ends older failures of the network, but not of what is not supported", () => {
  const history = new CallHistory();
  history.failed(call("prepare-nic", "1", "7"), PROBLEM, 10);
  history.failed(call("prepare-nic", "2", "8"), PROBLEM, 10);
  history.failed(call("release-nic", "1", "9"), PROBLEM, 21);
  history.failed(call("apply-fw-rules", "1"), { ...PROBLEM, code: "cloudstack.unsupported" }, 10);
  history.failed(call("prepare-nic"), PROBLEM, 10);
  expect(history.compared(new Set(["2"]), 20, 30)).toMatchObject([{ nicId: "7", closedAtMs: 30 }]);
  expect(history.open).toBe(4);
  expect(history.compared(new Set(), 40, 50).map(({ nicId }) => nicId)).toEqual(["8", "9"]);
});

test("over the bound a closed failure goes first, then the oldest, and each is counted", () => {
  const history = new CallHistory(2);
  for (const network of ["1", "2"]) history.failed(call("prepare-nic", network), PROBLEM, 1);
  history.succeeded(call("prepare-nic", "2"), 2);
  history.failed(call("prepare-nic", "3"), PROBLEM, 3);
  expect(history.failures.map(({ networkId }) => networkId)).toEqual(["3", "1"]);
  history.failed(call("prepare-nic", "4"), PROBLEM, 4);
  expect(history.failures.map(({ networkId }) => networkId)).toEqual(["4", "3"]);
  expect(history.forgotten).toBe(2);
});

test("counts are those of the calls, and a command that succeeded last for a subject has no open failure there", () => {
  const calls = fc.record({
    command: fc.constantFrom("prepare-nic", "release-nic", "implement-network"),
    networkId: fc.constantFrom("1", "2"),
    nicId: fc.constantFrom(undefined, "7", "8"),
    works: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(calls), (all) => {
      const history = new CallHistory(100);
      const last = new Map<string, boolean>();
      for (const [index, { works, ...one }] of all.entries()) {
        if (works) history.succeeded(one, index);
        else history.failed(one, PROBLEM, index);
        last.set(JSON.stringify(one), works);
      }
      const open = history.failures.filter(({ closedAtMs }) => closedAtMs === undefined);
      for (const { command, networkId, nicId } of open) {
        expect(last.get(JSON.stringify({ command, networkId, nicId }))).toBe(false);
      }
      const total = [...history.counts.values()].reduce((sum, { done, failed }) => sum + done + failed, 0);
      expect(total).toBe(all.length);
    }),
  );
});
