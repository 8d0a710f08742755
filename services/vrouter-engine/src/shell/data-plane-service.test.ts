import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createForwarder, type TableDelta } from "@contrail/forwarding";
import { silentLogger } from "@contrail/observability";
import { createAuthority, type Identity, issue } from "@contrail/pki";
import { CLIENT_OPTIONS, channelCredentials, type RpcServer } from "@contrail/rpc";
import { dataPlaneWire, toWireDelta } from "@contrail/wire";
import { Client, type ServiceError } from "@grpc/grpc-js";
import fc from "fast-check";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { DataPath } from "./data-path.ts";
import { serveDataPlane } from "./data-plane-service.ts";

const METHODS = dataPlaneWire.DataPlaneServiceService;
/** No such device is there: the engine must not touch the machine's own. */
const ROWS: readonly TableDelta[] = [
  {
    kind: "next-hop",
    row: { id: 1, action: { kind: "tunnel", encapsulation: "mplsoudp", remoteAddress: 0xac1e0202 } },
  },
  { kind: "next-hop", row: { id: 2, action: { kind: "ecmp", members: [{ nextHop: 1, label: 16 }] } } },
  {
    kind: "route",
    row: { vrf: 1, prefix: { address: 0x0a000000, length: 24 }, nextHop: 2, label: 16, originNetwork: 1, groupSet: 1 },
  },
  { kind: "group-set", row: { id: 1, groups: [8_000_001] } },
  { kind: "acl", row: { id: 1, rules: [] } },
  { kind: "label", row: { label: 16, nextHop: 1 } },
];

let directory: string;
let agent: Identity;
let stranger: Identity;
let engine: Identity;
let dataPath: DataPath;
let server: RpcServer;
let client: Client;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "contrail-engine-"));
  await createAuthority(directory);
  agent = await issue(directory, { role: "agent", name: "host1", addresses: [] });
  engine = await issue(directory, { role: "engine", name: "host1", addresses: [] });
  stranger = await issue(directory, { role: "control", name: "control1", addresses: [] });
});

afterAll(() => rmSync(directory, { recursive: true }));

beforeEach(async () => {
  const underlay = { send: () => 0, close: () => {} };
  dataPath = new DataPath({ newForwarder: () => createForwarder(), underlay, logger: silentLogger, nowNs: () => 1n });
  const address = `unix:${join(directory, "engine.sock")}`;
  server = await serveDataPlane(dataPath, engine, address, { instance: "instance", hostName: "host1" });
  client = new Client(address, channelCredentials(agent, { role: "engine" }), CLIENT_OPTIONS);
});

afterEach(() => {
  client.close();
  server.close();
  dataPath.close();
});

/** The status code of apply() with these octets; 0 where they were taken. */
function apply(bytes: Uint8Array, from = client): Promise<number> {
  return new Promise((resolve) => {
    const deadline = Date.now() + 10_000;
    const whole = (octets: Buffer): Buffer => octets;
    from.makeUnaryRequest(
      METHODS.apply.path,
      whole,
      whole,
      Buffer.from(bytes),
      { deadline },
      (error: ServiceError | null) => resolve(error?.code ?? 0),
    );
  });
}

function encode(deltas: readonly TableDelta[]): Uint8Array {
  return dataPlaneWire.ApplyRequest.encode({ deltas: deltas.map(toWireDelta) }).finish();
}

test("rows are taken from the host's agent, and from nobody else's or without its role", async () => {
  expect(await apply(encode(ROWS))).toBe(0);
  expect(dataPath.forwarder().tableSizes()).toMatchObject({ route: 1, label: 1, acl: 1 });
  const address = `unix:${join(directory, "engine.sock")}`;
  const neighbour = await issue(directory, { role: "agent", name: "host2", addresses: [] });
  for (const identity of [stranger, neighbour]) {
    const other = new Client(address, channelCredentials(identity, { role: "engine" }), CLIENT_OPTIONS);
    expect(await apply(encode(ROWS), other)).toBe(7);
    other.close();
  }
});

test("octets made up, mutated and cut have a status, and the engine goes on forwarding", async () => {
  const whole = encode(ROWS);
  const mutated = fc
    .tuple(
      fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 5 }),
      fc.integer({ min: 1, max: whole.length }),
    )
    .map(([changes, length]) => {
      const bytes = whole.slice();
      for (const [at, value] of changes) bytes[at] = value;
      return bytes.subarray(0, length);
    });
  const codes = new Map<number, number>();
  for (const bytes of fc.sample(
    fc.oneof({ weight: 3, arbitrary: mutated }, { weight: 1, arbitrary: fc.uint8Array({ maxLength: 80 }) }),
    { numRuns: 600, seed: 7 },
  )) {
    const code = await apply(bytes);
    codes.set(code, (codes.get(code) ?? 0) + 1);
    dataPath.forwarder().fromUnderlay(new Uint8Array(64).fill(0x45), 1n);
    dataPath.forwarder().fromMachine(1, new Uint8Array(64).fill(0x08), 1n);
  }
  // Taken, refused as rows, or no message at all: nothing else, and each was met.
  expect([...codes.keys()].sort((a, b) => a - b)).toEqual([0, 3, 13]);
  expect(await apply(encode(ROWS))).toBe(0);
});
