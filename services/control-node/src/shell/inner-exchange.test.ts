import { encodeAttributes, type PathAttributes, routeTarget, type SessionParameters, type Update } from "@contrail/bgp";
import { silentLogger, silentMeter } from "@contrail/observability";
import { type PathSource, prefixKey } from "@contrail/rib";
import { describe, expect, test, vi } from "vitest";
import { announcement, world } from "../testing/exchange-world.ts";
import { ListeningPeer } from "../testing/listening-peer.ts";
import { InnerExchange } from "./inner-exchange.ts";

/** Instance red with so many routes of a host, and the session of a router of a tenant in it, without marked refreshes. */
async function tenant(count: number, more: Partial<SessionParameters> = {}) {
  const { rib, driver, idle, publish } = world();
  const exchange = new InnerExchange(driver, silentLogger, silentMeter.counter("untold", ""));
  for (let index = 0; index < count; index++) publish(index);
  await idle();
  const session = { external: true, peerAs: 65_001, families: ["inet"], enhancedRouteRefresh: false } as const;
  const router = new ListeningPeer("router", { ...session, ...more });
  const inner = { instance: "red", sourcePort: 50_001, hosts: [], gateway: 0x0a00fffe };
  router.peer = { ...router.peer, peerAs: 65_001, families: ["inet"], inner };
  exchange.established(router);
  return { rib, driver, exchange, idle, publish, router };
}

/** What a router says of 10.7.0.0/16. */
function said(more: Partial<PathAttributes>): Update {
  const lists = { communities: [], clusterList: [], extendedCommunities: [], largeCommunities: [], unknown: [] };
  const attributes: PathAttributes = { origin: 0, asPath: [], ...lists, ...more };
  const bytes = encodeAttributes(attributes, { fourOctetAs: true });
  const routes = [{ address: 0x0a070000, length: 16 }];
  return { unreach: [], reach: [{ family: "inet", routes, nextHop: 0x0a000001 }], announced: { bytes, attributes } };
}

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** Goes on turn by turn until the router has had so many marks, and no further. */
async function untilMarks(router: ListeningPeer, count: number): Promise<void> {
  for (let turn = 0; turn < 1_000 && router.markers.length < count; turn++) await turns(1);
}

describe("a router of a tenant", () => {
  test("is told its instance a part a turn, and twice at most for all requests that come meanwhile", async () => {
    const { exchange, router } = await tenant(5_000);
    expect(router.table.size).toBeLessThan(5_000);
    await vi.waitFor(() => expect(router.table.size).toBe(5_000));
    const once = router.messages.length;
    for (let request = 0; request < 50; request++) exchange.routeRefresh(router);
    await vi.waitFor(() => expect(router.messages.length).toBe(3 * once));
    await turns(20);
    expect(router.messages.length).toBe(3 * once);
  });

  test("that does not read is told the rest when it has, and what is true by then", async () => {
    const { exchange, idle, publish, router } = await tenant(5_000);
    router.room = 1;
    await turns(20);
    expect(router.table.size).toBeLessThan(5_000);
    for (let request = 0; request < 50; request++) exchange.routeRefresh(router);
    publish(5_000);
    await idle();
    const before = router.messages.length;
    await turns(20);
    expect(router.messages.length).toBe(before);
    router.room = Number.POSITIVE_INFINITY;
    exchange.drained(router);
    await vi.waitFor(() => expect(router.table.size).toBe(5_001));
  });

  test("is not told of a route that does not fit into a message, until it does; that is shown", async () => {
    const { rib, driver, exchange, idle, router } = await tenant(2);
    const targets = [routeTarget(64_512, 1)];
    rib.setInstance({ name: "red", importTargets: targets, exportTargets: targets, virtualNetworkId: 5 });
    const gateway: PathSource = { kind: "internal-peer", name: "gw", routerId: 77 };
    const { reach, unreach, announced } = announcement(1, 8);
    const say = async (count: number) => {
      const communities = Array.from({ length: count }, (_, index) => index);
      const attributes = { ...announced.attributes, communities };
      const bytes = encodeAttributes(attributes, { fourOctetAs: true });
      rib.update(gateway, { unreach, reach, announced: { bytes, attributes } }, true);
      driver.changed();
      await idle();
      await turns(5);
      return exchange.outputs().map(({ advertised, untold }) => ({ inet: advertised.inet, untold }));
    };
    expect([await say(10), router.table.size]).toEqual([[{ inet: 2, untold: 0 }], 2]);
    expect([await say(1_200), router.table.size]).toEqual([[{ inet: 1, untold: 1 }], 1]);
    expect([await say(20), router.table.size]).toEqual([[{ inet: 2, untold: 0 }], 2]);
  });

  test("is told everything again between two marks where both sides know them, at first without", async () => {
    const { exchange, router } = await tenant(5_000, { enhancedRouteRefresh: true });
    await vi.waitFor(() => expect(router.table.size).toBe(5_000));
    await turns(5);
    expect(router.markers).toEqual([]);
    router.table.clear();
    exchange.routeRefresh(router);
    expect([router.markers, router.table.size]).toEqual([["begin"], 0]);
    exchange.routeRefresh(router);
    await untilMarks(router, 2);
    expect(router.table.size).toBe(5_000);
    await untilMarks(router, 4);
    await turns(20);
    expect(router.markers).toEqual(["begin", "end", "begin", "end"]);
  });

  test("that asks again while it is told for the first time has that in full before the marks", async () => {
    const { exchange, router } = await tenant(5_000, { enhancedRouteRefresh: true });
    exchange.routeRefresh(router);
    await turns(1);
    expect(router.markers).toEqual([]);
    await untilMarks(router, 1);
    expect([router.markers, router.table.size]).toEqual([["begin"], 5_000]);
    await vi.waitFor(() => expect(router.markers).toEqual(["begin", "end"]));
  });

  test("that does not read between the marks has the second one behind all that it was told", async () => {
    const { exchange, router } = await tenant(5_000, { enhancedRouteRefresh: true });
    await vi.waitFor(() => expect(router.table.size).toBe(5_000));
    await turns(5);
    router.table.clear();
    router.room = 1;
    exchange.routeRefresh(router);
    await turns(20);
    expect(router.markers).toEqual(["begin"]);
    router.room = Number.POSITIVE_INFINITY;
    exchange.drained(router);
    await vi.waitFor(() => expect(router.markers).toEqual(["begin", "end"]));
    expect(router.table.size).toBe(5_000);
  });

  test("says a route with more attributes than are kept: the route goes, the session stays", async () => {
    const { rib, exchange, idle, router } = await tenant(2);
    const wayOf = async () => {
      await idle();
      return rib.route("red", prefixKey(0x0a070000, 16))?.nextHops.length;
    };
    const communities = Array.from({ length: 1_000 }, (_, index) => index);
    exchange.update(router, said({ communities: communities.slice(0, 200) }));
    expect(await wayOf()).toBe(1);
    exchange.update(router, said({ communities }));
    expect([await wayOf(), router.stopped]).toEqual([undefined, undefined]);
    exchange.update(router, said({}));
    expect(await wayOf()).toBe(1);
  });
});
