import { formatIpAddress } from "@contrail/bgp";
import type { Rib } from "@contrail/rib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { announcement, world } from "../testing/exchange-world.ts";
import { ListeningPeer } from "../testing/listening-peer.ts";

const ADD_PATH = { addPathSend: ["inet-vpn" as const] };

function gateway(name = "gateway") {
  return new ListeningPeer(name, { ...ADD_PATH, external: true, peerAs: 65_009, peerId: 9 });
}

/** An external peer that gives one path of its own to the same destinations. */
function provider(name: string, peerId: number) {
  return new ListeningPeer(name, { external: true, peerAs: 65_000 + peerId, peerId });
}

/** Labels of all feasible paths of each destination, by address. */
function expected(rib: Rib): Record<string, number[]> {
  const all = [...rib.vpn.all()].filter(({ paths }) => paths.length > 0);
  return Object.fromEntries(
    all.map(({ address, paths }) => [formatIpAddress(address), paths.map(({ label }) => label).sort()]),
  );
}

/** The same of what a peer has been told. */
function learnt({ table }: ListeningPeer): Record<string, number[]> {
  const known: Record<string, number[]> = {};
  for (const [key, value] of table) {
    const address = formatIpAddress(Number(key.split(" ").at(-1)?.split("/")[0]));
    known[address] = [...(known[address] ?? []), Number(value.split(" ")[1])].sort();
  }
  return known;
}

describe("several paths a route (RFC 7911)", () => {
  test("a gateway gets all of them, each under a number that it keeps, and hears of one that is not the best", async () => {
    const { exchange, idle } = world();
    const [listener, plain, one, two] = [gateway(), provider("plain", 4), provider("one", 1), provider("two", 2)];
    for (const peer of [listener, plain, one, two]) exchange.established(peer);
    exchange.update(one, announcement(1, 1, 100));
    exchange.update(two, announcement(1, 1, 200));
    await idle();
    expect(learnt(listener)).toEqual({ "10.0.0.0": [100, 200] });
    expect(learnt(plain)).toEqual({ "10.0.0.0": [100] });
    const before = [listener.messages.length, plain.messages.length];
    exchange.update(two, announcement(1, 1, 201));
    await idle();
    expect(learnt(listener)).toEqual({ "10.0.0.0": [100, 201] });
    expect([listener.messages.length, plain.messages.length]).toEqual([(before[0] ?? 0) + 1, before[1]]);
    const { reach } = announcement(1, 1);
    exchange.update(one, { unreach: reach, reach: [], announced: undefined });
    await idle();
    expect([learnt(listener), learnt(plain)]).toEqual([{ "10.0.0.0": [201] }, { "10.0.0.0": [201] }]);
  });

  test("several paths of one peer count as so many, and one that it takes back leaves the others", async () => {
    const { rib, exchange, idle } = world();
    const peer = new ListeningPeer("one", { addPathReceive: ["inet-vpn"], peerId: 1 });
    exchange.established(peer);
    const say = (pathId: number, label: number) => {
      const update = announcement(1, 1, label);
      return { ...update, reach: update.reach.map((reach) => ({ ...reach, pathIds: [pathId] })) };
    };
    for (const pathId of [1, 2, 3]) exchange.update(peer, say(pathId, 100 + pathId));
    exchange.update(peer, say(2, 202));
    await idle();
    const [source] = [...rib.vpn.all()].flatMap(({ paths }) => paths.map((path) => path.source));
    if (source === undefined) throw new Error("no path");
    expect([expected(rib), rib.routeCount(source)]).toEqual([{ "10.0.0.0": [101, 103, 202] }, 3]);
    exchange.update(peer, { unreach: say(1, 0).reach, reach: [], announced: undefined });
    await idle();
    expect([expected(rib), rib.routeCount(source)]).toEqual([{ "10.0.0.0": [103, 202] }, 2]);
  });

  test("of one peer's paths to one destination no more are kept than anybody can use", async () => {
    const { rib, exchange, idle } = world();
    const peer = new ListeningPeer("one", { addPathReceive: ["inet-vpn"], peerId: 1 });
    exchange.established(peer);
    const { reach, announced } = announcement(1, 1);
    for (let pathId = 1; pathId <= 1_000; pathId++) {
      const update = { unreach: [], reach: reach.map((each) => ({ ...each, pathIds: [pathId] })), announced };
      exchange.update(peer, update);
    }
    await idle();
    expect([...rib.vpn.all()].map(({ paths }) => paths.length)).toEqual([32]);
    exchange.down(peer, { reason: "", gracefulRestart: undefined });
    await idle();
    expect(rib.vpn.size).toBe(0);
  });

  test("whatever comes, goes, is refreshed or cannot be sent, a gateway ends with every path that there is", async () => {
    const action = fc.record({
      what: fc.constantFrom("say", "say", "take", "idle", "refresh", "full", "drained", "leave"),
      who: fc.nat(2),
      count: fc.integer({ min: 1, max: 3 }),
      label: fc.integer({ min: 16, max: 19 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(action, { minLength: 3, maxLength: 40 }), async (actions) => {
        const { rib, exchange, idle } = world();
        const listener = gateway();
        exchange.established(listener);
        const peers = [1, 2, 3].map((id) => provider(`p${id}`, id));
        for (const peer of peers) exchange.established(peer);
        for (const { what, who, count, label } of actions) {
          const peer = peers[who];
          if (peer === undefined) continue;
          const { reach, announced } = announcement(count, 1, label);
          if (what === "say") exchange.update(peer, { unreach: [], reach, announced });
          if (what === "take") exchange.update(peer, { unreach: reach, reach: [], announced: undefined });
          if (what === "idle") await idle();
          if (what === "refresh") exchange.routeRefresh(listener, "inet-vpn");
          if (what === "full") listener.room = count;
          if (what === "drained" && listener.room <= 0) {
            listener.room = count;
            exchange.drained(listener);
          }
          if (what === "leave") {
            exchange.down(peer, { reason: "", gracefulRestart: undefined });
            exchange.established(peer);
          }
        }
        await idle();
        listener.room = Number.POSITIVE_INFINITY;
        exchange.drained(listener);
        expect(learnt(listener)).toEqual(expected(rib));
      }),
      { numRuns: 300 },
    );
  });
});

describe("IPv6 next hops of IPv4 routes (RFC 8950)", () => {
  test("go to peers that take them, and to no others", async () => {
    const { exchange, idle } = world();
    const teller = provider("teller", 1);
    const takes = new ListeningPeer("takes", {
      external: true,
      peerAs: 65_002,
      extendedNextHop: ["inet-vpn"],
      peerId: 2,
    });
    const plain = provider("plain", 3);
    for (const peer of [teller, takes, plain]) exchange.established(peer);
    const { reach, announced } = announcement(1, 1);
    const nextHop = 0x20010db8n << 96n;
    exchange.update(teller, { unreach: [], reach: reach.map((each) => ({ ...each, nextHop })), announced });
    await idle();
    expect([[...takes.table.values()].map((value) => value.split(" ")[0]), plain.table.size]).toEqual([
      [`${nextHop}`],
      0,
    ]);
  });
});
