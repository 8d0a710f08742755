import { encodeAttributes, type PathAttributes, routeTarget } from "@contrail/bgp";
import type { Clock } from "@contrail/clock";
import { silentLogger } from "@contrail/observability";
import { type AgentRoute, type PathSource, Rib } from "@contrail/rib";
import { systemClock } from "@contrail/runtime";
import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { HeldClock } from "../testing/held-clock.ts";
import { ListeningPeer } from "../testing/listening-peer.ts";
import { BgpExchange } from "./bgp-exchange.ts";
import { RibDriver } from "./rib-driver.ts";

const HOST: PathSource = { kind: "agent", name: "host1", routerId: 0xac1e0102 };
const OTHER: PathSource = { kind: "agent", name: "host2", routerId: 0xac1e0202 };
const GRACEFUL = {
  restartTimeMs: 60_000,
  restarting: false,
  notifications: true,
  families: [{ family: "inet-vpn" as const, forwardingPreserved: true }],
};

function world(maxRoutes = 1_000_000, clock: Clock = systemClock) {
  const rib = new Rib({ autonomousSystem: 64_512, routerId: 1 });
  const driver = new RibDriver(rib, clock);
  const heard: string[] = [];
  const exchange = new BgpExchange({
    driver,
    clock,
    logger: silentLogger,
    localAddress: rib.routerId,
    maxRoutes,
    endOfRibWaitMs: 60_000,
    onHeard: (name) => heard.push(name),
  });
  rib.setInstance({ name: "red", importTargets: [], exportTargets: [routeTarget(64_512, 1)], virtualNetworkId: 5 });
  const idle = () => new Promise<void>((resolve) => driver.whenIdle(resolve));
  const publish = (index: number, label = 16 + index, agent = HOST) => {
    rib.publish(agent, "red", 3, route(index, label, agent));
    driver.changed();
  };
  const withdraw = (index: number) => {
    rib.withdraw(HOST, "red", 0x0a000000 + index, 32);
    driver.changed();
  };
  return { rib, driver, exchange, heard, idle, publish, withdraw };
}

function route(index: number, label: number, agent: PathSource): AgentRoute {
  return {
    address: 0x0a000000 + index,
    length: 32,
    nextHop: agent.routerId,
    label,
    localPreference: 100,
    sequence: 0,
    securityGroupIds: [index % 3],
    virtualNetworkId: 5,
    encapsulations: [13],
  };
}

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

/** An UPDATE of a peer with its own prefix, or with the one that an agent has too. */
function announcement(count: number, rdLow = 0x01020003, label = 99) {
  const attributes: PathAttributes = {
    origin: 0,
    asPath: [],
    localPreference: 200,
    communities: [],
    clusterList: [],
    extendedCommunities: [routeTarget(64_512, 1)],
    largeCommunities: [],
    unknown: [],
  };
  const bytes = encodeAttributes(attributes, { fourOctetAs: true });
  const routes = Array.from({ length: count }, (_, index) => {
    return { rdHigh: 0x0001ac1e, rdLow, address: 0x0a000000 + index, length: 32, label };
  });
  return {
    unreach: [],
    reach: [{ family: "inet-vpn" as const, routes, nextHop: 0xac1f0007 }],
    announced: { bytes, attributes },
  };
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
    exchange.keepPeers(new Set(["a"]));
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
