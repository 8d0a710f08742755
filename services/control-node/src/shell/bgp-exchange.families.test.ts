import { routeTarget } from "@contrail/bgp";
import { describe, expect, test, vi } from "vitest";
import { announcement, GRACEFUL, HOST, route, world } from "../testing/exchange-world.ts";
import { HeldClock } from "../testing/held-clock.ts";
import { ListeningPeer } from "../testing/listening-peer.ts";

describe("several families", () => {
  const MAC = {
    ...{ type: 2 as const, rdHigh: 64_512, rdLow: 9, segment: 0n, ethernetTag: 0 },
    ...{ mac: 0x020000000001, ip: undefined, label: 5_000, label2: undefined },
  };
  const reach = { family: "e-vpn" as const, routes: [MAC], nextHop: 0xac1f0007 };
  const families = ["e-vpn", "inet-vpn"] as const;

  test("each peer gets those that it agreed on, each with its own End-of-RIB", async () => {
    const { exchange, idle, publish } = world();
    const provider = new ListeningPeer("provider", { external: true, peerId: 9, families });
    const [both, one] = [new ListeningPeer("a", { families }), new ListeningPeer("bb")];
    for (const peer of [provider, both, one]) exchange.established(peer);
    exchange.update(provider, { unreach: [], reach: [reach], announced: announcement(0).announced });
    publish(1);
    await idle();
    expect([...both.table.keys()]).toHaveLength(2);
    expect([...both.table.keys()]).toContain("2-64512:9-0-02:00:00:00:00:01,0.0.0.0");
    expect([...one.table.keys()]).toHaveLength(1);
    exchange.synchronized();
    expect([both.markers, one.markers]).toEqual([["end-of-rib", "end-of-rib"], ["end-of-rib"]]);
    exchange.update(provider, { unreach: [reach], reach: [], announced: undefined });
    await idle();
    expect([...both.table.keys()]).toHaveLength(1);
  });

  test("a refresh sends the family that was asked for alone", async () => {
    const { exchange, idle, publish } = world();
    const peer = new ListeningPeer("a", { families });
    exchange.established(peer);
    publish(1);
    await idle();
    const before = peer.messages.length;
    exchange.routeRefresh(peer, "e-vpn");
    expect([peer.messages.length - before, peer.markers]).toEqual([2, ["begin", "end"]]);
    exchange.routeRefresh(peer, "inet-vpn");
    expect(peer.messages.length - before).toBe(5);
  });

  test("a peer is heard when all of its families have ended", () => {
    const { exchange, heard } = world();
    const peer = new ListeningPeer("a", { families, gracefulRestart: GRACEFUL });
    exchange.established(peer);
    exchange.endOfRib(peer, "e-vpn");
    expect(heard).toEqual([]);
    exchange.endOfRib(peer, "inet-vpn");
    expect(heard).toEqual(["a"]);
  });
});

describe("route-target constraint", () => {
  const families = ["route-target", "inet-vpn"] as const;
  const whole = (number: number) => ({ originAs: 64_512, routeTarget: routeTarget(64_512, number), length: 96 });
  const membership = (...numbers: number[]) => {
    return { family: "route-target" as const, routes: numbers.map(whole), nextHop: 0xac1f0007 };
  };
  const asking = (...numbers: number[]) => {
    return { unreach: [], reach: [membership(...numbers)], announced: announcement(0).announced };
  };
  const prefixes = ({ table }: ListeningPeer) => [...table.keys()].filter((key) => key.endsWith("/32"));

  test("a peer gets the routes that it asked for, when it asks, and loses them when it asks no more", async () => {
    const { rib, exchange, idle, publish } = world();
    rib.setInstance({ name: "blue", importTargets: [], exportTargets: [routeTarget(64_512, 2)], virtualNetworkId: 6 });
    rib.publish(HOST, "blue", 4, route(9, 99, HOST));
    publish(1);
    await idle();
    const peer = new ListeningPeer("a", { families });
    exchange.established(peer);
    expect(prefixes(peer)).toEqual([]);
    exchange.update(peer, asking(1));
    await idle();
    expect(prefixes(peer)).toEqual([expect.stringContaining(`${0x0a000001}/32`)]);
    exchange.update(peer, asking(2));
    await idle();
    expect(prefixes(peer)).toHaveLength(2);
    const before = peer.messages.length;
    exchange.update(peer, asking(1, 2));
    await idle();
    expect(peer.messages.length).toBe(before);
    exchange.update(peer, { unreach: [membership(1)], reach: [], announced: undefined });
    await idle();
    expect(prefixes(peer)).toEqual([expect.stringContaining(`${0x0a000009}/32`)]);
    publish(2);
    await idle();
    expect(prefixes(peer)).toHaveLength(1);
  });

  test("a route that changes its target is withdrawn from who asked for the old one alone", async () => {
    const { rib, exchange, idle, publish } = world();
    const [one, two] = [new ListeningPeer("a", { families }), new ListeningPeer("bb", { families })];
    for (const peer of [one, two]) exchange.established(peer);
    exchange.update(one, asking(1));
    exchange.update(two, asking(7));
    publish(1);
    await idle();
    expect([prefixes(one), prefixes(two)].map(({ length }) => length)).toEqual([1, 0]);
    rib.setInstance({ name: "red", importTargets: [], exportTargets: [routeTarget(64_512, 7)], virtualNetworkId: 5 });
    publish(1);
    await idle();
    expect([prefixes(one), prefixes(two)].map(({ length }) => length)).toEqual([0, 1]);
  });

  test("a peer that asks and takes back and reads nothing costs no more than one that reads", async () => {
    const { rib, exchange, idle, publish } = world();
    for (let index = 0; index < 3_000; index++) publish(index);
    await idle();
    const peer = new ListeningPeer("a", { families });
    exchange.established(peer);
    peer.room = 1;
    for (let count = 0; count < 50; count++) {
      exchange.update(peer, asking(1));
      await idle();
      exchange.update(peer, { unreach: [membership(1)], reach: [], announced: undefined });
      await idle();
    }
    expect(peer.messages.length).toBeLessThan(30);
    exchange.update(peer, asking(1));
    await idle();
    peer.room = Number.POSITIVE_INFINITY;
    exchange.drained(peer);
    await vi.waitFor(() => expect(prefixes(peer)).toHaveLength(3_000));
    expect(rib.vpn.size).toBe(3_000);
  });

  test("peers are told what our instances import, and no longer when none does", async () => {
    const { rib, driver, exchange, idle } = world();
    const peer = new ListeningPeer("a", { families });
    exchange.established(peer);
    const blue = { name: "blue", exportTargets: [], virtualNetworkId: 6 };
    rib.setInstance({ ...blue, importTargets: [routeTarget(64_512, 2)] });
    driver.changed();
    await idle();
    expect([...peer.table.keys()]).toEqual(["64512:target:64512:2/96"]);
    rib.setInstance({ ...blue, importTargets: [] });
    driver.changed();
    await idle();
    expect([...peer.table.keys()]).toEqual([]);
  });

  test("the ends of what a peer has to ask for come after it has asked, its memberships' own after the configuration", async () => {
    const { exchange, idle, publish } = world();
    publish(1);
    await idle();
    const peer = new ListeningPeer("a", { families, gracefulRestart: GRACEFUL });
    exchange.established(peer);
    exchange.configComplete();
    expect(peer.markers).toEqual(["end-of-rib"]);
    exchange.synchronized();
    exchange.update(peer, asking(1));
    exchange.endOfRib(peer, "route-target");
    expect([prefixes(peer), peer.markers.length]).toEqual([[], 1]);
    await idle();
    expect([prefixes(peer).length, peer.markers.length]).toEqual([1, 2]);
  });

  test("a peer that never ends its memberships is waited for a minute, and one that is gone not at all", () => {
    const clock = new HeldClock();
    const { exchange } = world(1, clock);
    const [stays, goes] = [1, 2].map(
      (id) => new ListeningPeer(`peer${id}`, { families, gracefulRestart: GRACEFUL, peerId: id }),
    );
    if (stays === undefined || goes === undefined) throw new Error("no peers");
    for (const peer of [stays, goes]) exchange.established(peer);
    exchange.configComplete();
    exchange.synchronized();
    exchange.down(goes, { reason: "", gracefulRestart: undefined });
    clock.advance(60_000);
    expect([stays.markers.length, goes.markers.length, clock.pending]).toEqual([2, 1, 0]);
  });
});
