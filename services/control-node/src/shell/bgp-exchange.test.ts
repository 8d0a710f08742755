import type { Rib } from "@contrail/rib";
import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { announcement, GRACEFUL, OTHER, world } from "../testing/exchange-world.ts";
import { ListeningPeer } from "../testing/listening-peer.ts";

/** What every internal peer should know: the best paths of agents. */
function expected(rib: Rib): Map<string, string> {
  const table = new Map<string, string>();
  for (const { rdHigh, rdLow, address, length, best } of rib.vpn.all()) {
    if (best === undefined || best.source.kind === "internal-peer") continue;
    const communities = best.attributes.extendedCommunities.join();
    table.set(`${rdHigh}:${rdLow} ${address}/${length}`, `${best.nextHop} ${best.label} ${communities}`);
  }
  return table;
}

describe("update groups", () => {
  test("peers of one group in step get the same buffers, encoded once", async () => {
    const { exchange, idle, publish } = world();
    const peers = [new ListeningPeer("a"), new ListeningPeer("bb")];
    for (const peer of peers) exchange.established(peer);
    publish(1);
    await idle();
    expect(peers.map(({ messages }) => messages.length)).toEqual([1, 1]);
    expect(peers[0]?.messages[0]).toBe(peers[1]?.messages[0]);
  });

  test("a peer whose output is full keeps names only, and comes to the present state when it drains", async () => {
    const { rib, exchange, idle, publish, withdraw } = world();
    const [quick, slow] = [new ListeningPeer("a"), new ListeningPeer("bb")];
    for (const peer of [quick, slow]) exchange.established(peer);
    slow.room = 1;
    publish(1);
    await idle();
    for (let label = 100; label < 150; label++) {
      publish(1, label);
      publish(2, label);
      await idle();
    }
    withdraw(1);
    await idle();
    expect(slow.messages).toHaveLength(1);
    expect(exchange.outputs().map(({ missed }) => missed)).toEqual([0, 2]);
    slow.room = Number.POSITIVE_INFINITY;
    exchange.drained(slow);
    expect(slow.messages).toHaveLength(3);
    expect(slow.table).toEqual(expected(rib));
    expect(quick.table).toEqual(expected(rib));
  });

  test("members that came at different times, were slow, refreshed or lost, each end with what is true", async () => {
    const action = fc.oneof(
      { weight: 5, arbitrary: fc.tuple(fc.constant("publish"), fc.nat(5), fc.integer({ min: 16, max: 18 })) },
      { weight: 3, arbitrary: fc.tuple(fc.constant("withdraw"), fc.nat(5), fc.constant(0)) },
      { weight: 2, arbitrary: fc.tuple(fc.constant("rival"), fc.nat(3), fc.boolean().map(Number)) },
      { weight: 1, arbitrary: fc.tuple(fc.constant("join"), fc.nat(2), fc.constant(0)) },
      { weight: 1, arbitrary: fc.tuple(fc.constant("leave"), fc.nat(2), fc.constant(0)) },
      { weight: 2, arbitrary: fc.tuple(fc.constant("room"), fc.nat(2), fc.nat(2)) },
      { weight: 2, arbitrary: fc.tuple(fc.constant("drained"), fc.nat(2), fc.nat(2)) },
      { weight: 1, arbitrary: fc.tuple(fc.constant("refresh"), fc.nat(2), fc.constant(0)) },
      { weight: 3, arbitrary: fc.tuple(fc.constant("idle"), fc.constant(0), fc.constant(0)) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(action, { minLength: 5, maxLength: 60 }), async (actions) => {
        const { rib, driver, exchange, idle, publish, withdraw } = world();
        // A peer with better paths to prefixes that the agent has: what is advertised comes and goes.
        const rival = new ListeningPeer("rival", { peerId: 77, external: true });
        exchange.established(rival);
        const peers = new Map<number, ListeningPeer>();
        for (const [what, which, value] of actions) {
          const peer = peers.get(which);
          if (what === "publish") publish(which, value);
          else if (what === "withdraw") withdraw(which);
          else if (what === "idle") await idle();
          else if (what === "rival") {
            const { reach, announced } = announcement(which + 1);
            exchange.update(
              rival,
              value === 1 ? { unreach: [], reach, announced } : { unreach: reach, reach: [], announced: undefined },
            );
          } else if (what === "join" && peer === undefined) {
            const made = new ListeningPeer(`peer${which}`, { peerId: 100 + which });
            peers.set(which, made);
            exchange.established(made);
          } else if (what === "leave" && peer !== undefined) {
            peers.delete(which);
            exchange.down(peer, { reason: "", gracefulRestart: undefined });
          } else if (peer !== undefined) {
            if (what === "room") peer.room = value;
            if (what === "refresh") exchange.routeRefresh(peer, "inet-vpn");
            if (what === "drained" && peer.room <= 0) {
              peer.room = value + 1;
              exchange.drained(peer);
            }
          }
        }
        await idle();
        for (const peer of peers.values()) {
          peer.room = Number.POSITIVE_INFINITY;
          exchange.drained(peer);
          expect(peer.table).toEqual(expected(rib));
        }
        expect(driver.rib.vpn.size).toBe(rib.vpn.size);
      }),
      { numRuns: 400 },
    );
  });
});

describe("ends and refreshes", () => {
  test("End-of-RIB comes after every route, and not before the node is complete", async () => {
    const { exchange, idle, publish } = world();
    for (let index = 0; index < 300; index++) publish(index);
    await idle();
    const peer = new ListeningPeer("a");
    peer.room = 1;
    exchange.established(peer);
    expect(peer.markers).toEqual([]);
    exchange.synchronized();
    expect(peer.markers).toEqual([]);
    peer.room = Number.POSITIVE_INFINITY;
    exchange.drained(peer);
    expect([peer.table.size, peer.markers]).toEqual([300, ["end-of-rib"]]);
  });

  test("many routes go in several turns, so that others are served, and what changes meanwhile is right in the end", async () => {
    const { rib, exchange, idle, publish, withdraw } = world();
    for (let index = 0; index < 9_000; index++) publish(index);
    await idle();
    exchange.synchronized();
    const peer = new ListeningPeer("a");
    exchange.established(peer);
    expect(peer.table.size).toBe(2_000);
    expect(exchange.outputs()).toMatchObject([{ inStep: false, missed: 7_000 }]);
    for (const index of [1, 8_999]) withdraw(index);
    await vi.waitFor(() => expect(peer.markers).toEqual(["end-of-rib"]));
    await idle();
    expect(peer.table).toEqual(expected(rib));
    expect(peer.table.size).toBe(8_998);
  });

  test("a refresh stands between its two marks, with the withdrawals that the peer had missed", async () => {
    const { exchange, idle, publish, withdraw } = world();
    const peer = new ListeningPeer("a");
    exchange.established(peer);
    publish(1);
    publish(2);
    await idle();
    peer.room = 1;
    publish(3);
    await idle();
    withdraw(1);
    await idle();
    exchange.routeRefresh(peer, "inet-vpn");
    expect(peer.markers).toEqual(["begin"]);
    peer.room = Number.POSITIVE_INFINITY;
    exchange.drained(peer);
    expect(peer.markers).toEqual(["begin", "end"]);
    expect([...peer.table.keys()].map((key) => key.split(" ")[1])).toEqual([`${0x0a000002}/32`, `${0x0a000003}/32`]);
  });

  test("a peer that asks again and again and reads nothing is answered once more when it reads", async () => {
    const { rib, exchange, idle, publish } = world();
    const peer = new ListeningPeer("a");
    exchange.established(peer);
    publish(1);
    publish(2);
    await idle();
    peer.room = 1;
    const before = peer.messages.length;
    for (let count = 0; count < 1_000; count++) exchange.routeRefresh(peer, "inet-vpn");
    expect(peer.messages.length - before).toBeLessThan(5);
    peer.room = Number.POSITIVE_INFINITY;
    exchange.drained(peer);
    expect(peer.markers).toEqual(["begin", "end", "begin", "end"]);
    expect(peer.table).toEqual(expected(rib));
    exchange.routeRefresh(peer, "inet-vpn");
    expect(peer.markers).toHaveLength(6);
  });

  test("a peer without enhanced refresh gets the routes and no marks", async () => {
    const { exchange, idle, publish } = world();
    const peer = new ListeningPeer("a", { enhancedRouteRefresh: false });
    exchange.established(peer);
    publish(1);
    await idle();
    const before = peer.messages.length;
    exchange.routeRefresh(peer, "inet-vpn");
    expect([peer.messages.length - before, peer.markers]).toEqual([1, []]);
  });
});

describe("routes of a peer", () => {
  const down = {
    reason: "closed",
    gracefulRestart: { families: ["inet-vpn" as const], restartTimeMs: 60_000, longLived: [] },
  };

  test("are kept while it is away where it does graceful restart, until its end-of-rib", async () => {
    const { rib, exchange, heard } = world();
    const peer = new ListeningPeer("a", { gracefulRestart: GRACEFUL });
    exchange.established(peer);
    exchange.update(peer, announcement(2));
    exchange.down(peer, down);
    rib.step(100);
    expect([rib.vpn.size, heard]).toEqual([2, []]);
    const again = new ListeningPeer("a", { gracefulRestart: GRACEFUL });
    exchange.established(again);
    exchange.update(again, announcement(1));
    exchange.endOfRib(again, "inet-vpn");
    rib.step(100);
    expect([rib.vpn.size, heard]).toEqual([1, ["a"]]);
  });

  test("go at its return where it did not keep its forwarding state", () => {
    const { rib, exchange } = world();
    const peer = new ListeningPeer("a", { gracefulRestart: GRACEFUL });
    exchange.established(peer);
    exchange.update(peer, announcement(2));
    exchange.down(peer, down);
    const families = [{ family: "inet-vpn" as const, forwardingPreserved: false }];
    exchange.established(new ListeningPeer("a", { gracefulRestart: { ...GRACEFUL, families } }));
    rib.step(100);
    expect(rib.vpn.size).toBe(0);
  });

  test("go at once without graceful restart, and when it is not configured any more", () => {
    const { rib, exchange } = world();
    const [one, two] = [new ListeningPeer("a"), new ListeningPeer("bb")];
    exchange.established(one);
    exchange.established(two);
    exchange.update(one, announcement(2, 1));
    exchange.update(two, announcement(2, 2));
    exchange.down(one, { reason: "closed", gracefulRestart: undefined });
    exchange.down(two, down);
    rib.step(100);
    expect(rib.vpn.size).toBe(2);
    exchange.setPeers([one.peer]);
    rib.step(100);
    expect(rib.vpn.size).toBe(0);
  });

  test("that do not come again between the marks of a refresh go at its end, those of other families stay", () => {
    const { rib, exchange } = world();
    const peer = new ListeningPeer("a");
    exchange.established(peer);
    exchange.update(peer, announcement(2));
    exchange.refreshMark(peer, "e-vpn", "begin");
    exchange.refreshMark(peer, "e-vpn", "end");
    exchange.refreshMark(peer, "inet-vpn", "end");
    rib.step(100);
    expect(rib.vpn.size).toBe(2);
    exchange.refreshMark(peer, "inet-vpn", "begin");
    exchange.update(peer, announcement(1));
    exchange.refreshMark(peer, "inet-vpn", "end");
    rib.step(100);
    expect(rib.vpn.size).toBe(1);
    exchange.close();
  });

  test("of a family that is given up all go, and nothing is waited for", () => {
    const { rib, exchange, heard } = world();
    const peer = new ListeningPeer("a", { gracefulRestart: GRACEFUL });
    exchange.established(peer);
    exchange.update(peer, announcement(2));
    exchange.familyDisabled(peer, "inet-vpn");
    rib.step(100);
    expect([rib.vpn.size, heard]).toEqual([0, ["a"]]);
  });

  test("beyond the limit end its session", () => {
    const { exchange } = world(10);
    const peer = new ListeningPeer("a");
    exchange.established(peer);
    exchange.update(peer, announcement(10));
    expect(peer.stopped).toBeUndefined();
    exchange.update(peer, announcement(11));
    expect(peer.stopped).toBe("route-limit");
  });

  test("are not what is told to peers of the same AS, and better ones silence the agent's", async () => {
    const { exchange, idle, publish } = world();
    const [teller, listener] = [new ListeningPeer("a"), new ListeningPeer("bb")];
    exchange.established(teller);
    exchange.established(listener);
    publish(0, 16, OTHER);
    await idle();
    expect(listener.table.size).toBe(1);
    exchange.update(teller, announcement(1, 0x02020003));
    await idle();
    expect(listener.table.size).toBe(0);
  });
});
