import { isRowDelta, removalOf, type TableDelta } from "@contrail/forwarding";
import { worldArbitrary, worldTables } from "@contrail/testkit/dataplane";
import fc from "fast-check";
import { expect, test } from "vitest";
import { fromWireDelta, toWireDelta } from "./data-plane-rows.ts";
import { TableDelta as WireTableDelta } from "./gen/opencontrail/dataplane/v1/data_plane_service.ts";

function overTheWire(delta: TableDelta): TableDelta | undefined {
  return fromWireDelta(WireTableDelta.decode(WireTableDelta.encode(toWireDelta(delta)).finish()));
}

test("rows and their removals come back from the wire as they were", () => {
  fc.assert(
    fc.property(worldArbitrary, (choices) => {
      for (const delta of worldTables(choices)) {
        expect(overTheWire(delta)).toEqual(delta);
        const removal = isRowDelta(delta) ? removalOf(delta) : undefined;
        if (removal !== undefined) expect(overTheWire(removal)).toEqual(removal);
      }
    }),
    { numRuns: 50 },
  );
});

test("a delta without its parts is refused, not filled in", () => {
  expect(fromWireDelta({ delta: undefined })).toBeUndefined();
  expect(fromWireDelta(WireTableDelta.fromPartial({ delta: { $case: "nextHop", value: { id: 1 } } }))).toBeUndefined();
  const rule = { pass: true, sourcePorts: { first: 0, last: 1 }, destinationPorts: { first: 0, last: 1 } };
  expect(
    fromWireDelta(WireTableDelta.fromPartial({ delta: { $case: "acl", value: { id: 1, rules: [rule] } } })),
  ).toBeUndefined();
});
