import { EventEmitter } from "node:events";
import { type Client, type ExecutionOptions, type Host, type HostMap, types } from "cassandra-driver";
import { describe, expect, test } from "vitest";
import { StableCoordinators } from "./stable-coordinators.ts";

const { quorum, serial } = types.consistencies;
const RING = ["a", "b", "c", "far"].map((address) => ({
  ...{ address, datacenter: address === "far" ? "dc2" : "dc1", isUp: () => true },
  ...{ isUpSince: null, getInFlight: () => 0, getResponseCount: () => 0 },
})) as unknown as readonly Host[]; // As much of a host as policies look at.

/** What a statement is: a conditional write, a read at SERIAL, or one that needs no agreement. */
type Kind = "conditional" | "decided" | "plain";

/** A statement whose partition's copies begin with the host of that number. */
function statement(first: number, kind: Kind): ExecutionOptions {
  return {
    getRoutingKey: () => Buffer.from([first]),
    getKeyspace: () => undefined,
    getPreferredHost: () => undefined,
    getConsistency: () => (kind === "decided" ? serial : quorum),
    getSerialConsistency: () => (kind === "conditional" ? serial : undefined),
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
    for (const options of [statement(1, "conditional"), statement(1, "decided")]) {
      expect(planOf(opened(), options)).toEqual(["b", "c", "a"]);
    }
    expect(planOf(opened(), statement(3, "conditional"))).toEqual(["a", "b", "c"]);
  });

  test("that failed are asked last, for a while, whatever the statement", () => {
    const now = { ms: 0 };
    const policy = opened(now);
    policy.avoid("b");
    for (let time = 0; time < 50; time++) expect(planOf(policy, statement(1, "plain")).at(-1)).toBe("b");
    expect(planOf(policy, statement(1, "conditional"))).toEqual(["c", "a", "b"]);
    now.ms = 60_000;
    expect(planOf(policy, statement(1, "conditional"))).toEqual(["b", "c", "a"]);
  });

  test("that others were faster than are asked last only if they said nothing meanwhile", () => {
    const now = { ms: 100 };
    const policy = opened(now);
    policy.answered("b");
    policy.silent("b", 50);
    expect(planOf(policy, statement(1, "conditional"))).toEqual(["b", "c", "a"]);
    policy.silent("b", 150);
    expect(planOf(policy, statement(1, "conditional"))).toEqual(["c", "a", "b"]);
  });

  test("are not those of other statements: these go to any copy", () => {
    const policy = opened();
    const first = new Set(Array.from({ length: 200 }, () => planOf(policy, statement(1, "plain"))[0]));
    expect(first).toEqual(new Set(["a", "b", "c"]));
  });
});
