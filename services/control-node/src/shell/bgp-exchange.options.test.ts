import { describe, expect, test } from "vitest";
import type { DesiredPeer } from "../core/desired-peer.ts";
import { announcement, world } from "../testing/exchange-world.ts";
import { ListeningPeer } from "../testing/listening-peer.ts";

describe("configuration while sessions are up", () => {
  test("a change of what a peer is sent sends it again, and one that is none sends nothing", async () => {
    const { exchange, idle, publish } = world();
    const peer = new ListeningPeer("a", { external: true });
    exchange.established(peer);
    publish(1);
    await idle();
    const before = peer.messages.length;
    exchange.setPeers([peer.peer]);
    await idle();
    expect(peer.messages.length).toBe(before);
    peer.peer = { ...peer.peer, privateAs: "remove-all" };
    exchange.setPeers([peer.peer]);
    await idle();
    expect([peer.messages.length, peer.table.size]).toEqual([before + 1, 1]);
  });

  test("another ORIGIN for what a peer has given is told to the others, and its own one again when that ends", async () => {
    const { rib, exchange, driver, idle } = world();
    const [from, to] = [new ListeningPeer("a", { external: true }), new ListeningPeer("bb")];
    for (const peer of [from, to]) exchange.established(peer);
    exchange.update(from, announcement(2));
    driver.changed();
    await idle();
    const origins = () => [...rib.vpn.all()].map(({ best }) => best?.attributes.origin);
    const told = async (routeOrigin: DesiredPeer["routeOrigin"]) => {
      const before = to.messages.length;
      from.peer = { ...from.peer, routeOrigin };
      exchange.setPeers([from.peer, to.peer]);
      await idle();
      return [origins(), to.messages.length - before, from.stopped];
    };
    expect(await told(2)).toEqual([[2, 2], 1, undefined]);
    expect(await told(2)).toEqual([[2, 2], 0, undefined]);
    expect(await told("as-said")).toEqual([[0, 0], 1, undefined]);
    expect(await told(undefined)).toEqual([[0, 0], 0, undefined]);
  });

  test("a limit of a family warns at three quarters, once, and ends the session for the configured time", async () => {
    const { exchange, warnings } = world();
    const peer = new ListeningPeer("a");
    peer.peer = { ...peer.peer, prefixLimits: { "inet-vpn": { maximum: 4, holdDownMs: 60_000 } } };
    exchange.established(peer);
    exchange.update(peer, announcement(3));
    expect(warnings).toEqual([]);
    exchange.update(peer, announcement(4));
    exchange.update(peer, announcement(4));
    expect([warnings, peer.stopped]).toEqual([["BGP peer comes near its limit of routes"], undefined]);
    exchange.update(peer, announcement(5));
    expect([peer.stopped, peer.restartMs]).toEqual(["route-limit", 60_000]);
  });

  test("a limit that sinks below what a peer has given ends its session", () => {
    const { exchange } = world();
    const peer = new ListeningPeer("a");
    exchange.established(peer);
    exchange.update(peer, announcement(5));
    peer.peer = { ...peer.peer, prefixLimits: { "inet-vpn": { maximum: 4, holdDownMs: 0 } } };
    exchange.setPeers([peer.peer]);
    expect(peer.stopped).toBe("route-limit");
  });

  test("a peer that becomes a client is told of the others, and they of it; and no more when it is none", async () => {
    const { rib, driver, exchange, idle } = world();
    const [one, two] = [new ListeningPeer("a"), new ListeningPeer("bb")];
    for (const peer of [one, two]) exchange.established(peer);
    exchange.update(one, announcement(1, 1));
    exchange.update(two, announcement(1, 2));
    driver.changed();
    await idle();
    expect([one.table.size, two.table.size]).toEqual([0, 0]);
    for (const peer of [one, two]) peer.peer = { ...peer.peer, clusterId: 7, client: peer === one };
    exchange.setPeers([one.peer, two.peer]);
    await idle();
    expect([one.table.size, two.table.size]).toEqual([1, 1]);
    for (const peer of [one, two]) peer.peer = { ...peer.peer, clusterId: undefined, client: false };
    exchange.setPeers([one.peer, two.peer]);
    await idle();
    expect([one.table.size, two.table.size, rib.vpn.size]).toEqual([0, 0, 2]);
  });
});
