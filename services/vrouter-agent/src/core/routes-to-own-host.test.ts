import type { RowDelta } from "@contrail/forwarding";
import { parseInetAddress } from "@contrail/net";
import { expect, test } from "vitest";
import { HOST, inputs, machine, network, port } from "./agent-world.model.ts";
import { desiredState } from "./desired-state.ts";
import { RouteTables } from "./route-tables.ts";

/** Rows of a host with a machine in each of two networks, the first of which has heard of a route to this host. */
function rowsWith(address: string, label: number): readonly RowDelta[] {
  const objects = [...network(0), ...machine(0, 0), ...network(1), ...machine(1, 1)];
  const routes = new RouteTables();
  routes.sessionUp("control1");
  const hop = { address: HOST, label, encapsulations: [13], groups: [], networkId: 2 };
  const route = { address: parseInetAddress(address) ?? 0, length: 32, nextHops: [hop] };
  routes.update("control1", "default-domain:tenant:vn0:vn0", [route], []);
  return desiredState(inputs(objects, [port(0), port(1)], { routes })).rows;
}

const SECOND_MACHINE = "10.1.0.4";
const leaked = (rows: readonly RowDelta[], address: string) =>
  rows.find(
    (delta) => delta.kind === "route" && delta.row.vrf === 1 && delta.row.prefix.address === parseInetAddress(address),
  )?.row;

test("a route of another network that leads to a machine of this host goes to its interface", () => {
  const rows = rowsWith(SECOND_MACHINE, 17);
  const label = rows.find((delta) => delta.kind === "label" && delta.row.label === 17)?.row;
  expect(label).toMatchObject({ nextHop: expect.any(Number) });
  expect(leaked(rows, SECOND_MACHINE)).toMatchObject({ ...label, label: 0, originNetwork: 2 });
});

test.each([
  ["a label that nobody has", SECOND_MACHINE, 99],
  ["a label that another machine has by now", "10.1.0.99", 17],
])("a route to this host under %s is not used", (_what, address, label) => {
  expect(leaked(rowsWith(address, label), address)).toBeUndefined();
});
