import { EventEmitter } from "node:events";
import { type Client, type ExecutionOptions, type Host, type HostMap, types } from "cassandra-driver";
import { describe, expect, test } from "vitest";
import { StableCoordinators } from "./stable-coordinators.ts";

const { quorum, serial } = types.consistencies;
const RING = ["a", "b", "c", "far"].map((address) => ({
  ...{ address, datacenter: address === "far" ? "dc2" : "dc1", isUp: () => true },
  ...{ isUpSince: null, getInFlight: () => 0, getResponseCount: () => 0 },
})) as unknown as readonly Host[]; // As much of a host as policies look at.

/** A statement whose partition's copies begin with the host of that number. */
function statement(first: number, isIdempotent: boolean, consistency: types.consistencies): ExecutionOptions {
  return {
    getRoutingKey: () => Buffer.from([first]),
    getKeyspace: () => undefined,
    getPreferredHost: () => undefined,
    isIdempotent: () => isIdempotent,
    getConsistency: () => consistency,
  } as unknown as ExecutionOptions;
}

function opened(now = { ms: 0 }): StableCoordinators {
  const policy = new StableCoordinators("dc1", { monotonicMs: () => now.ms });
  const hosts = Object.assign(new EventEmitter(), { values: () => RING, forEach: RING.forEach.bind(RING) });
  const client = {
    options: { localDataCenter: "dc1" },
    getReplicas: (_keyspace: string, [first = 0]: Buffer) => [...RING.slice(first), ...RING.slice(0, first)],
  };
  const failed = (reason: Error | undefined): void => expect(reason).toBeUndefined();
  policy.init(client as unknown as Client, hosts as unknown as HostMap, failed);
  return policy;
}

function planOf(policy: StableCoordinators, options: ExecutionOptions): readonly string[] {
  const addresses: string[] = [];
  policy.newQueryPlan("k", options, (_, hosts) => {
    for (let next = hosts.next(); !next.done; next = hosts.next()) addresses.push(next.value.address);
  });
  return addresses;
}

describe("coordinators of agreements", () => {
  test("are the same for every client: the partition's copies of the data centre, in the ring's order", () => {
    for (const options of [statement(1, false, quorum), statement(1, true, serial)]) {
      expect(planOf(opened(), options)).toEqual(["b", "c", "a"]);
    }
    expect(planOf(opened(), statement(3, false, quorum))).toEqual(["a", "b", "c"]);
  });

  test("that failed are asked last, for a while", () => {
    const now = { ms: 0 };
    const policy = opened(now);
    policy.avoid("b");
    expect(planOf(policy, statement(1, false, quorum))).toEqual(["c", "a", "b"]);
    now.ms = 60_000;
    expect(planOf(policy, statement(1, false, quorum))).toEqual(["b", "c", "a"]);
  });

  test("are not those of other statements: these go to any copy", () => {
    const policy = opened();
    const first = new Set(Array.from({ length: 200 }, () => planOf(policy, statement(1, true, quorum))[0]));
    expect(first).toEqual(new Set(["a", "b", "c"]));
  });
});
