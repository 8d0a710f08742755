import { DROP_REASONS, type FlowEntry } from "@contrail/forwarding";
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  fromWireCounters,
  fromWireDrops,
  fromWireFlow,
  toWireCounters,
  toWireDrops,
  toWireFlow,
} from "./data-plane-reports.ts";
import * as wire from "./gen/opencontrail/dataplane/v1/data_plane_service.ts";

const count = fc.nat({ max: Number.MAX_SAFE_INTEGER });
const u32 = fc.nat({ max: 0xffffffff });
const port = fc.nat({ max: 0xffff });
const flows: fc.Arbitrary<FlowEntry> = fc.record({
  key: fc.record({
    nextHop: u32,
    sourceAddress: u32,
    destinationAddress: u32,
    protocol: fc.nat({ max: 255 }),
    sourcePort: port,
    destinationPort: port,
  }),
  verdict: fc.constantFrom("pass" as const, "deny" as const),
  reverse: fc.boolean(),
  established: fc.boolean(),
  generation: u32,
  peerNextHop: u32,
  packets: count,
  bytes: count,
  lastSeenNs: fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }),
  tcpFlags: fc.nat({ max: 255 }),
});

test("every flow entry comes back from the wire as it was", () => {
  fc.assert(
    fc.property(flows, (flow) => {
      expect(fromWireFlow(wire.FlowEntry.decode(wire.FlowEntry.encode(toWireFlow(flow)).finish()))).toEqual(flow);
    }),
  );
});

test("a flow entry without a key is none", () => {
  expect(fromWireFlow(wire.FlowEntry.fromPartial({ pass: true }))).toBeUndefined();
});

test("drop counters come back by reason; names of a newer version are left out", () => {
  const drops = new Map(DROP_REASONS.map((reason, index) => [reason, index]));
  const message = wire.DropCounts.decode(wire.DropCounts.encode(toWireDrops(drops)).finish());
  expect(fromWireDrops(message)).toEqual(drops);
  expect(fromWireDrops({ packets: { ...message.packets, tomorrow: 1n } })).toEqual(drops);
});

test("interface counters come back by interface", () => {
  const counter = fc.record({
    receivedPackets: count,
    receivedBytes: count,
    sentPackets: count,
    sentBytes: count,
    drops: count,
  });
  fc.assert(
    fc.property(fc.uniqueArray(fc.tuple(u32, counter), { selector: ([id]) => id, maxLength: 5 }), (entries) => {
      const message = wire.InterfaceCounts.encode(toWireCounters(new Map(entries))).finish();
      expect(fromWireCounters(wire.InterfaceCounts.decode(message))).toEqual(new Map(entries));
    }),
  );
});
