import { type AclRule, createForwarder, emptyState, type Forwarder, type Outcome } from "@contrail/forwarding";
import { VROUTER_MAC } from "@contrail/net";
import fc from "fast-check";
import { beforeEach, expect, test } from "vitest";
import { ethernet, inet, tcp, tunnelFrame } from "./frames.ts";
import { scenarioArbitrary } from "./scenario.ts";
import { runStep } from "./step.ts";
import { LOCAL_HOST, LOCALS, REMOTE_HOSTS, REMOTES, type WorldChoices, worldTables } from "./world.ts";

const machine = LOCALS[0];
const remote = REMOTES[0];
if (machine === undefined || remote === undefined) throw new Error("the world is empty");
const ONE_WAY: AclRule = {
  pass: true,
  source: { kind: "prefix", prefix: { address: machine.address, length: 32 } },
  destination: { kind: "any" },
  protocol: 6,
  sourcePorts: { first: 0, last: 65_535 },
  destinationPorts: { first: 80, last: 80 },
};

/** All machines behind ACL 1 in both directions. */
function worldWith(rules: readonly AclRule[]): WorldChoices {
  return {
    settings: { underlayMtuBytes: 1500, puntDevice: "pkt0", puntsPerSecond: 50, flowsPerInterface: 1000 },
    locals: LOCALS.map(() => ({ groupSet: 0, networkAcl: 0, ingressAcl: 1, egressAcl: 1, mtuBytes: 1450 })),
    groupSets: [],
    acls: [rules],
  };
}

const there = { source: machine.address, destination: remote.address, sourcePort: 5000, destinationPort: 80 };
const back = { source: remote.address, destination: machine.address, sourcePort: 80, destinationPort: 5000 };

let forwarder: Forwarder;
beforeEach(() => {
  forwarder = createForwarder();
  forwarder.apply(worldTables(worldWith([ONE_WAY])));
});

function fromMachine(flags: number, ends = there): Outcome {
  const packet = inet({ ...ends, protocol: 6, payload: tcp(ends, flags, new Uint8Array(10)) });
  return forwarder.fromMachine(1, ethernet(VROUTER_MAC, machine?.mac ?? 0, 0x0800, packet), 5n);
}

function fromRemote(flags: number, ends = back): Outcome {
  const packet = inet({ ...ends, protocol: 6, payload: tcp(ends, flags, new Uint8Array(10)) });
  const tunnel = { source: REMOTE_HOSTS[0] ?? 0, destination: LOCAL_HOST, label: machine?.label ?? 0 };
  return forwarder.fromUnderlay(tunnelFrame(tunnel, packet), 7n);
}

test("an ACL without rules lets nothing pass, whatever is sent", () => {
  fc.assert(
    fc.property(scenarioArbitrary, ({ steps }) => {
      const closed = createForwarder();
      closed.apply(worldTables(worldWith([])));
      for (const { step } of steps) {
        if (step.kind === "apply" || step.kind === "agent") continue;
        for (const output of runStep(closed, step, 1n)?.outputs ?? []) {
          const arpReply = output.kind === "interface" && output.frame[13] === 0x06;
          expect(output.kind === "punt" || arpReply).toBe(true);
        }
      }
    }),
    { numRuns: 200 },
  );
});

test("the reply of an allowed connection passes, and makes it established", () => {
  expect(fromMachine(0x02).drop).toBeUndefined();
  expect(forwarder.flows().map(({ established }) => established)).toEqual([false, false]);
  expect(fromRemote(0x12).drop).toBeUndefined();
  expect(fromMachine(0x10).drop).toBeUndefined();
  const flows = forwarder.flows();
  expect(flows.map(({ established }) => established)).toEqual([true, true]);
  expect(flows.find(({ reverse }) => !reverse)).toMatchObject({ packets: 2, bytes: 100, tcpFlags: 0x12 });
  expect(flows.find(({ reverse }) => reverse)).toMatchObject({ packets: 1, bytes: 50, lastSeenNs: 7n });
});

test("a connection the other way is denied", () => {
  const ends = { ...back, sourcePort: 5000, destinationPort: 80 };
  expect(fromRemote(0x02, ends).drop).toBe("flow_action_drop");
});

test("a change of policy closes an established connection in both directions, and opens it again", () => {
  fromMachine(0x02);
  fromRemote(0x12);
  forwarder.apply([{ kind: "acl", row: { id: 1, rules: [] } }]);
  expect(fromRemote(0x10).drop).toBe("flow_action_drop");
  expect(fromMachine(0x10).drop).toBe("flow_action_drop");
  forwarder.apply([{ kind: "acl", row: { id: 1, rules: [ONE_WAY] } }]);
  expect(fromRemote(0x10).drop).toBeUndefined();
  expect(fromMachine(0x10).drop).toBeUndefined();
});

test("who is denied does not block what the other side opens on the same ports", () => {
  for (const flags of [0x02, 0x10]) expect(fromRemote(flags).drop).toBe("flow_action_drop");
  expect(fromMachine(0x02).drop).toBeUndefined();
  expect(fromRemote(0x12).drop).toBeUndefined();
  expect(forwarder.flows().map(({ verdict, reverse, established }) => [verdict, reverse, established])).toEqual([
    ["pass", true, true],
    ["pass", false, true],
  ]);
});

test("a reply passes though its entry has gone, and the initiator's is there", () => {
  forwarder = createForwarder(emptyState({ embryonic: 3 }));
  forwarder.apply(worldTables(worldWith([ONE_WAY])));
  fromMachine(0x02);
  fromMachine(0x02, { ...there, sourcePort: 5001 });
  fromMachine(0x02);
  expect(forwarder.flows().filter(({ reverse }) => reverse)).toHaveLength(1);
  expect(fromRemote(0x12).drop).toBeUndefined();
  const shown = forwarder.flows().map(({ reverse, established, packets }) => ({ reverse, established, packets }));
  expect(shown.filter(({ established }) => established)).toEqual([
    { reverse: true, established: true, packets: 1 },
    { reverse: false, established: true, packets: 2 },
  ]);
});

test("a packet of the side that may not open is denied again and again, whatever is sent before", () => {
  const wrong = { ...there, destinationPort: 81 };
  const wrongBack = { ...back, sourcePort: 81 };
  for (let round = 0; round < 3; round++) {
    expect(fromRemote(0x02, wrongBack).drop).toBe("flow_action_drop");
    expect(fromMachine(0x02, wrong).drop).toBe("flow_action_drop");
  }
});

test("a running connection that policy closes stays closed, though the other side may open one now", () => {
  fromMachine(0x02);
  fromRemote(0x12);
  const turned = { source: ONE_WAY.destination, destination: ONE_WAY.source };
  const ports = { sourcePorts: ONE_WAY.destinationPorts, destinationPorts: ONE_WAY.sourcePorts };
  forwarder.apply([{ kind: "acl", row: { id: 1, rules: [{ ...ONE_WAY, ...turned, ...ports }] } }]);
  for (let round = 0; round < 2; round++) {
    expect(fromRemote(0x10).drop).toBe("flow_action_drop");
    expect(fromMachine(0x10).drop).toBe("flow_action_drop");
  }
});

test("a route that is withdrawn stops an established connection", () => {
  fromMachine(0x02);
  fromRemote(0x12);
  forwarder.apply([{ kind: "route-remove", vrf: 1, prefix: { address: remote.address, length: 32 } }]);
  expect(fromMachine(0x10).drop).toBe("discard");
});

test("an ACL that is named and not there denies", () => {
  forwarder.apply([{ kind: "acl-remove", id: 1 }]);
  expect(fromMachine(0x02).drop).toBe("flow_action_drop");
});

test("the flows of a removed interface go with it", () => {
  fromMachine(0x02);
  forwarder.apply([{ kind: "interface-remove", id: 1 }]);
  expect(forwarder.flows()).toEqual([]);
  expect(fromMachine(0x02).drop).toBe("invalid_if");
});

test("closed connections age soon, established ones late", () => {
  fromMachine(0x02);
  fromRemote(0x12);
  expect(forwarder.ageFlows(60n * 1_000_000_000n)).toBe(0);
  fromRemote(0x04);
  expect(forwarder.ageFlows(60n * 1_000_000_000n)).toBe(2);
  expect(forwarder.flows()).toEqual([]);
});

test("a connection on the ports of a closed one is aged as a new one", () => {
  fromMachine(0x02);
  fromRemote(0x12);
  fromMachine(0x11);
  fromRemote(0x11);
  fromMachine(0x02);
  fromRemote(0x12);
  expect(forwarder.ageFlows(60n * 1_000_000_000n)).toBe(0);
  fromMachine(0x04);
  fromMachine(0x02);
  expect(forwarder.ageFlows(60n * 1_000_000_000n)).toBe(0);
});

test.each([
  ["at once", []],
  ["after more of its packets", [0x10, 0x10]],
])("a connection that policy closes before its reply stays closed for the reply %s", (_when, between) => {
  expect(fromMachine(0x02).drop).toBeUndefined();
  const turned = { source: ONE_WAY.destination, destination: ONE_WAY.source };
  const ports = { sourcePorts: ONE_WAY.destinationPorts, destinationPorts: ONE_WAY.sourcePorts };
  forwarder.apply([{ kind: "acl", row: { id: 1, rules: [{ ...ONE_WAY, ...turned, ...ports }] } }]);
  for (const flags of between) expect(fromMachine(flags).drop).toBe("flow_action_drop");
  for (let round = 0; round < 3; round++) {
    expect(fromRemote(0x12).drop).toBe("flow_action_drop");
    expect(fromMachine(0x10).drop).toBe("flow_action_drop");
  }
});
