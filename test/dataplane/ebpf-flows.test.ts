import { openTestBench, type TestBench } from "@contrail/dataplane-ebpf/test-bench";
import type { AclRule, FlowEntry, Outcome, TableDelta } from "@contrail/forwarding";
import { VROUTER_MAC } from "@contrail/net";
import { address, ethernet, inet, prefix, tunnelFrame, udp } from "@contrail/testkit/dataplane";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ebpfMissing, named } from "./ebpf-needs.ts";

const MAC = 0x020000000001;
const ADDRESSES = { source: address("10.1.0.3"), destination: address("10.1.0.4") };
const CONNECTIONS = 3_000;
let bench: TestBench | undefined;

beforeAll(() => {
  if (ebpfMissing === undefined) bench = openTestBench();
});

afterAll(() => bench?.close());

const ROWS: readonly TableDelta[] = [
  {
    kind: "settings",
    row: {
      ...{ localAddress: address("172.30.1.2"), underlayDevice: "eth0", underlayMtuBytes: 1500, puntDevice: "" },
      ...{ puntsPerSecond: 50, flowsPerInterface: 1_000 },
    },
  },
  { kind: "tunnel-endpoint", row: { address: address("172.30.2.2") } },
  { kind: "label", row: { label: 16, nextHop: 1 } },
  { kind: "next-hop", row: { id: 1, action: { kind: "interface", interface: 1 } } },
  {
    kind: "next-hop",
    row: { id: 2, action: { kind: "tunnel", encapsulation: "mplsoudp", remoteAddress: address("172.30.2.2") } },
  },
  {
    kind: "interface",
    row: {
      ...{ id: 1, device: "vif1", vrf: 1, mac: MAC, nextHop: 1, network: 1, groupSet: 0, networkAcl: 0 },
      ...{
        ingressAcl: 0,
        egressAcl: 0,
        subnet: prefix("10.1.0.0/16"),
        mtuBytes: 1450,
        address: 0,
        gateway: 0,
        nameServer: 0,
      },
    },
  },
  { kind: "interface-address", row: { interface: 1, prefix: prefix("10.1.0.3/32"), mac: MAC } },
  {
    kind: "route",
    row: { vrf: 1, prefix: prefix("10.1.0.4/32"), nextHop: 2, label: 20, originNetwork: 1, groupSet: 0 },
  },
];

const SECOND_NS = 1_000_000_000n;

/** A datagram of the machine. */
function ask(sourcePort: number, nowNs: bigint): Outcome | undefined {
  const ends = { ...ADDRESSES, sourcePort, destinationPort: 53 };
  const packet = inet({ ...ADDRESSES, protocol: 17, payload: udp(ends, new Uint8Array(8)) });
  return bench?.fromMachine(1, ethernet(VROUTER_MAC, MAC, 0x0800, packet), nowNs);
}

/** Its reply from the other host. */
function answer(destinationPort: number, nowNs: bigint): Outcome | undefined {
  const addresses = { source: ADDRESSES.destination, destination: ADDRESSES.source };
  const payload = udp({ ...addresses, sourcePort: 53, destinationPort }, new Uint8Array(8));
  const ends = { source: address("172.30.2.2"), destination: address("172.30.1.2"), label: 16 };
  return bench?.fromUnderlay(tunnelFrame(ends, inet({ ...addresses, protocol: 17, payload })), nowNs);
}

function keyText({ key }: FlowEntry): string {
  return JSON.stringify(key);
}

test.skipIf(ebpfMissing !== undefined)(
  named("ranges of flow entries, one after another, are all entries, each once, and none is longer than asked for"),
  () => {
    bench?.apply(ROWS);
    for (let connection = 0; connection < CONNECTIONS; connection++) ask(1_024 + connection, 1_000_000n);
    const all = bench?.flows() ?? [];
    expect(all.length).toBe(2 * CONNECTIONS);
    const ranges = [0, 2_500, 5_000, 7_500].map((offset) => bench?.flows({ offset, limit: 2_500 }) ?? []);
    expect(ranges.map(({ length }) => length)).toEqual([2_500, 2_500, 1_000, 0]);
    expect(new Set(ranges.flat().map(keyText))).toEqual(new Set(all.map(keyText)));
  },
);

test.skipIf(ebpfMissing !== undefined)(
  named("counts of entries that missed an update keep no later connection from being established"),
  () => {
    bench?.reset();
    bench?.apply(ROWS);
    ask(2_000, SECOND_NS);
    answer(2_000, SECOND_NS);
    expect(bench?.flows().map(({ established }) => established)).toEqual([true, true]);
    bench?.loseFlowCounts();
    expect(bench?.ageFlows(600n * SECOND_NS)).toBe(2);
    for (let connection = 0; connection < 100; connection++) {
      ask(3_000 + connection, 601n * SECOND_NS);
      answer(3_000 + connection, 601n * SECOND_NS);
    }
    const states = bench?.flows().map(({ established }) => established) ?? [];
    expect([states.length, states.includes(false)]).toEqual([200, false]);
    bench?.apply([{ kind: "interface-remove", id: 1 }]);
    expect([bench?.flows(), bench?.flowCounts()]).toEqual([[], []]);
  },
);

test.skipIf(ebpfMissing !== undefined)(
  named("an entry that another processor is writing is left to it, and the packet goes by a verdict of its own"),
  () => {
    bench?.reset();
    bench?.apply(ROWS);
    ask(2_000, SECOND_NS);
    bench?.beginWrites();
    expect(ask(2_000, SECOND_NS)?.outputs).toHaveLength(1);
    expect(answer(2_000, SECOND_NS)?.outputs).toHaveLength(1);
    const written = bench
      ?.flows()
      .map(({ packets, generation, established }) => ({ packets, generation, established }));
    expect(written?.toSorted((a, b) => a.packets - b.packets)).toEqual([
      { packets: 1, generation: 0, established: true },
      { packets: 2, generation: 0, established: true },
    ]);
  },
);

test.skipIf(ebpfMissing !== undefined)(
  named("an entry that moves to the established ones while it is written is decided anew there"),
  () => {
    bench?.reset();
    bench?.apply(ROWS);
    for (let connection = 0; connection < 100; connection++) ask(2_000 + connection, SECOND_NS);
    const last = () => bench?.flows().filter(({ key }) => [key.sourcePort, key.destinationPort].includes(2_099)) ?? [];
    bench?.beginWrites();
    answer(2_099, SECOND_NS);
    expect(last().map(({ established }) => established)).toEqual([true, true]);
    answer(2_099, SECOND_NS);
    ask(2_099, SECOND_NS);
    expect(last().map(({ generation }) => generation)).toEqual([bench?.generation(), bench?.generation()]);
  },
);

test.skipIf(ebpfMissing !== undefined)(
  named("what an agent left that was killed while it removed an interface's entries goes with the next one"),
  () => {
    bench?.reset();
    bench?.apply(ROWS);
    for (let connection = 0; connection < 100; connection++) ask(2_000 + connection, SECOND_NS);
    bench?.dieWhileRemoving(2);
    expect(bench?.flows()).toHaveLength(200);
    bench?.dieWhileRemoving(1);
    expect([bench?.flows(), bench?.flowCounts()]).toEqual([[], []]);
  },
);

const ONE_WAY: AclRule = {
  pass: true,
  source: { kind: "prefix", prefix: { address: ADDRESSES.source, length: 32 } },
  destination: { kind: "any" },
  protocol: 17,
  sourcePorts: { first: 0, last: 65_535 },
  destinationPorts: { first: 53, last: 53 },
};
/** Only the machine may ask. */
const ONE_WAY_ROWS: readonly TableDelta[] = [
  { kind: "acl", row: { id: 1, rules: [ONE_WAY] } },
  ...ROWS.map(
    (delta): TableDelta => (delta.kind === "interface" ? { ...delta, row: { ...delta.row, networkAcl: 1 } } : delta),
  ),
];

test.skipIf(ebpfMissing !== undefined)(
  named("who is denied does not block what the other side opens on the same ports"),
  () => {
    bench?.reset();
    bench?.apply(ONE_WAY_ROWS);
    expect([1, 2].map(() => answer(2_000, SECOND_NS)?.drop)).toEqual(["flow_action_drop", "flow_action_drop"]);
    expect([ask(2_000, SECOND_NS)?.drop, answer(2_000, SECOND_NS)?.drop]).toEqual([undefined, undefined]);
    const shown = bench?.flows().map(({ verdict, reverse, established }) => `${verdict} ${reverse} ${established}`);
    expect(shown?.toSorted()).toEqual(["pass false true", "pass true true"]);
  },
);

test.skipIf(ebpfMissing !== undefined)(
  named("a reply passes though its entry has gone, and the initiator's is there"),
  () => {
    bench?.reset();
    bench?.apply(ONE_WAY_ROWS);
    for (let connection = 0; connection < 100; connection++) ask(2_000 + connection, SECOND_NS);
    bench?.loseReplies();
    expect(bench?.flows().length).toBeLessThan(200);
    expect(answer(2_099, SECOND_NS)?.drop).toBeUndefined();
    const last = bench?.flows().filter(({ key }) => [key.sourcePort, key.destinationPort].includes(2_099)) ?? [];
    expect(last.map(({ established, packets }) => [established, packets])).toEqual([
      [true, 1],
      [true, 1],
    ]);
  },
);
