import { deepStrictEqual, ok, rejects } from "node:assert/strict";
import type { TableDelta } from "@contrail/forwarding";
import type { DataPlane } from "./data-plane.ts";

/** A data plane under test, empty at the start of each case. */
export interface DataPlaneFixture {
  readonly dataPlane: DataPlane;
  /** Lets go of the data plane as a dying agent does, and opens it again: tables and forwarding stay. */
  reopen(): Promise<DataPlane>;
}

/** One case of the contract; a failed expectation throws. */
export interface DataPlaneCase {
  readonly name: string;
  run(fixture: DataPlaneFixture): Promise<void>;
}

/** What every data plane must do with its tables; what it does with packets is proven by the parity and system tests. */
export const DATA_PLANE_CONTRACT: readonly DataPlaneCase[] = [
  {
    name: "a batch in any order is applied, and again without an effect",
    async run({ dataPlane }) {
      await dataPlane.apply([...ROWS].reverse());
      deepStrictEqual(await sizes(dataPlane), FULL);
      await dataPlane.apply(ROWS);
      deepStrictEqual(await sizes(dataPlane), FULL);
    },
  },
  {
    name: "removals empty the tables, and removing what is not there is no error",
    async run({ dataPlane }) {
      await dataPlane.apply(ROWS);
      await dataPlane.apply(REMOVALS);
      await dataPlane.apply(REMOVALS);
      deepStrictEqual(await sizes(dataPlane), EMPTY);
    },
  },
  {
    name: "tables outlive the agent, and a sweep removes only what nobody named since",
    async run({ dataPlane, reopen }) {
      await dataPlane.apply(ROWS);
      const again = await reopen();
      deepStrictEqual(await sizes(again), FULL);
      await again.apply(ROWS.filter(({ kind }) => kind !== "route" && kind !== "label"));
      deepStrictEqual(await again.sweep(), { removedRows: 2 });
      deepStrictEqual(await sizes(again), { ...FULL, route: 0, label: 0 });
      deepStrictEqual(await again.sweep(), { removedRows: 0 });
    },
  },
  {
    name: "a row that cannot be held is named, and the rows before it are applied",
    async run({ dataPlane }) {
      const bad: TableDelta = { kind: "label", row: { label: 3, nextHop: 1 } };
      await rejects(dataPlane.apply([bad, ...ROWS]), { code: "dataplane.bad_request", message: /label 3/ });
      ok(((await dataPlane.tableSizes())["next-hop"] ?? 0) > 0);
      await dataPlane.apply(ROWS);
      deepStrictEqual(await sizes(dataPlane), FULL);
    },
  },
  {
    name: "a new interface counts from zero, and its counters go with it",
    async run({ dataPlane }) {
      await dataPlane.apply(ROWS);
      deepStrictEqual((await dataPlane.interfaceCounters()).get(1), {
        receivedPackets: 0,
        receivedBytes: 0,
        sentPackets: 0,
        sentBytes: 0,
        drops: 0,
      });
      await dataPlane.apply([{ kind: "interface-remove", id: 1 }]);
      deepStrictEqual((await dataPlane.interfaceCounters()).has(1), false);
    },
  },
  {
    name: "without packets there are no flows, and ageing removes none",
    async run({ dataPlane }) {
      await dataPlane.apply(ROWS);
      deepStrictEqual(await dataPlane.flows(), []);
      deepStrictEqual(await dataPlane.ageFlows(), 0);
    },
  },
  {
    name: "ten thousand routes are applied in one batch",
    async run({ dataPlane }) {
      const routes = Array.from({ length: 10_000 }, (_, index) => route(0x0a000000 + index));
      await dataPlane.apply([...ROWS, ...routes]);
      deepStrictEqual((await dataPlane.tableSizes()).route, 10_001);
    },
  },
  {
    name: "destroy leaves nothing",
    async run({ dataPlane }) {
      await dataPlane.apply(ROWS);
      await dataPlane.destroy();
      const left = Object.values(await dataPlane.tableSizes()).reduce((sum, rows) => sum + rows, 0);
      deepStrictEqual(left, 0);
    },
  },
];

const ADDRESS = { address: 0x0a010103, length: 32 };

/** One row of each table; the interface's device is not there. */
const ROWS: readonly TableDelta[] = [
  {
    kind: "settings",
    row: {
      localAddress: 0xac1e0102,
      underlayDevice: "oct-none0",
      underlayMtuBytes: 1500,
      puntDevice: "",
      puntsPerSecond: 50,
      flowsPerInterface: 1000,
    },
  },
  { kind: "group-set", row: { id: 1, groups: [8_000_000, 8_000_001] } },
  {
    kind: "acl",
    row: {
      id: 1,
      rules: [
        {
          pass: true,
          source: { kind: "any" },
          destination: { kind: "group", group: 8_000_000 },
          protocol: 6,
          sourcePorts: { first: 0, last: 65_535 },
          destinationPorts: { first: 80, last: 80 },
        },
      ],
    },
  },
  { kind: "next-hop", row: { id: 1, action: { kind: "interface", interface: 1 } } },
  {
    kind: "interface",
    row: {
      id: 1,
      device: "oct-none1",
      vrf: 1,
      mac: 0x020000000001,
      nextHop: 1,
      network: 1,
      groupSet: 1,
      networkAcl: 0,
      ingressAcl: 1,
      egressAcl: 0,
      subnet: { address: 0x0a010100, length: 24 },
      mtuBytes: 1450,
      address: 0,
      gateway: 0,
      nameServer: 0,
    },
  },
  { kind: "interface-address", row: { interface: 1, prefix: ADDRESS, mac: 0x020000000001 } },
  { kind: "tunnel-endpoint", row: { address: 0xac1e0202 } },
  { kind: "label", row: { label: 16, nextHop: 1 } },
  route(ADDRESS.address),
];

const REMOVALS: readonly TableDelta[] = [
  { kind: "route-remove", vrf: 1, prefix: ADDRESS },
  { kind: "label-remove", label: 16 },
  { kind: "tunnel-endpoint-remove", address: 0xac1e0202 },
  { kind: "interface-address-remove", interface: 1, prefix: ADDRESS },
  { kind: "interface-remove", id: 1 },
  { kind: "next-hop-remove", id: 1 },
  { kind: "acl-remove", id: 1 },
  { kind: "group-set-remove", id: 1 },
];

const FULL: Readonly<Record<string, number>> = {
  "group-set": 1,
  acl: 1,
  "next-hop": 1,
  interface: 1,
  "interface-address": 1,
  "tunnel-endpoint": 1,
  label: 1,
  route: 1,
};

const EMPTY: Readonly<Record<string, number>> = Object.fromEntries(Object.keys(FULL).map((name) => [name, 0]));

/** The sizes of the tables whose rows come and go; a table may be absent where it is empty. */
async function sizes(dataPlane: DataPlane): Promise<Readonly<Record<string, number>>> {
  const held = await dataPlane.tableSizes();
  return Object.fromEntries(Object.keys(FULL).map((name) => [name, held[name] ?? 0]));
}

function route(address: number): TableDelta {
  const row = { vrf: 1, prefix: { address, length: 32 }, nextHop: 1, label: 0, originNetwork: 1, groupSet: 1 };
  return { kind: "route", row };
}
