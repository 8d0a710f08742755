import {
  encodeAttributes,
  type PathAttributes,
  type Reach,
  routeTarget,
  type SessionParameters,
  type Update,
} from "@contrail/bgp";
import { silentLogger, silentMeter } from "@contrail/observability";
import { type PathSource, prefixKey } from "@contrail/rib";
import { describe, expect, test, vi } from "vitest";
import { announcement, HOST, route, world } from "../testing/exchange-world.ts";
import { ListeningPeer } from "../testing/listening-peer.ts";
import { InnerExchange } from "./inner-exchange.ts";

const GATEWAY6 = (0xfd01n << 112n) | 1n;

/** Instance red with so many routes of a host, and the session of a router of a tenant in it, without marked refreshes. */
async function tenant(count: number, more: Partial<SessionParameters> = {}) {
  const { rib, driver, idle, publish } = world();
  const exchange = new InnerExchange(driver, silentLogger, silentMeter.counter("untold", ""));
  for (let index = 0; index < count; index++) publish(index);
  await idle();
  const session = { external: true, peerAs: 65_001, families: ["inet"], enhancedRouteRefresh: false } as const;
  const router = new ListeningPeer("router", { ...session, ...more });
  const inner = { instance: "red", sourcePort: 50_001, hosts: [], gateways: { inet: 0x0a00fffe, inet6: GATEWAY6 } };
  router.peer = { ...router.peer, peerAs: 65_001, families: router.parameters.families, inner };
  exchange.established(router);
  return { rib, driver, exchange, idle, publish, router };
}

function attributesOf(more: Partial<PathAttributes>): PathAttributes {
  const lists = { communities: [], clusterList: [], extendedCommunities: [], largeCommunities: [], unknown: [] };
  return { origin: 0, asPath: [], ...lists, ...more };
}

/** What a router says of 10.7.0.0/16. */
function said(more: Partial<PathAttributes>): Update {
  const attributes = attributesOf(more);
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
    for (let request = 0; request < 50; request++) exchange.routeRefresh(router, "inet");
    await vi.waitFor(() => expect(router.messages.length).toBe(3 * once));
    await turns(20);
    expect(router.messages.length).toBe(3 * once);
  });

  test("that does not read is told the rest when it has, and what is true by then", async () => {
    const { exchange, idle, publish, router } = await tenant(5_000);
    router.room = 1;
    await turns(20);
    expect(router.table.size).toBeLessThan(5_000);
    for (let request = 0; request < 50; request++) exchange.routeRefresh(router, "inet");
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
    exchange.routeRefresh(router, "inet");
    expect([router.markers, router.table.size]).toEqual([["begin"], 0]);
    exchange.routeRefresh(router, "inet");
    await untilMarks(router, 2);
    expect(router.table.size).toBe(5_000);
    await untilMarks(router, 4);
    await turns(20);
    expect(router.markers).toEqual(["begin", "end", "begin", "end"]);
  });

  test("that asks again while it is told for the first time has that in full before the marks", async () => {
    const { exchange, router } = await tenant(5_000, { enhancedRouteRefresh: true });
    exchange.routeRefresh(router, "inet");
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
    exchange.routeRefresh(router, "inet");
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

describe("a router of a tenant that speaks both versions", () => {
  const FAMILIES = { families: ["inet", "inet6"] as const };
  const inet6 = (index: number) => (0xfd01n << 112n) + BigInt(index);
  const text = (index: number) => `fd01::${index.toString(16)}/128`;

  /** Beside the IPv4 routes so many IPv6 ones of a host, from fd01::100 on. */
  async function both(count: number, count6: number, more: Partial<SessionParameters> = {}) {
    const made = await tenant(count, { ...FAMILIES, ...more });
    const publish6 = (index: number) => {
      made.rib.publish(HOST, "red", 3, { ...route(index, 16, HOST), address: inet6(0x100 + index), length: 128 });
      made.driver.changed();
    };
    for (let index = 0; index < count6; index++) publish6(index);
    await made.idle();
    return { ...made, publish6 };
  }

  /** What it says of fd07:<index>::/64s. */
  function said6(
    nextHop: Reach["nextHop"],
    indexes: readonly number[] = [0],
    more: Partial<PathAttributes> = {},
  ): Update {
    const attributes = attributesOf(more);
    const bytes = encodeAttributes(attributes, { fourOctetAs: true });
    const routes = indexes.map((index) => ({ address: (0xfd07n << 112n) | (BigInt(index) << 96n), length: 64 }));
    return { unreach: [], reach: [{ family: "inet6", routes, nextHop }], announced: { bytes, attributes } };
  }

  test("is told of each by way of the gateway of its version, a part a turn", async () => {
    const { exchange, router } = await both(3_000, 3_000);
    await vi.waitFor(() => expect(router.table.size).toBe(6_000));
    expect(router.table.get(text(0x100))).toBe(`${GATEWAY6} `);
    expect(router.table.get("10.0.0.0/32")).toBe(`${0x0a00fffe} `);
    const advertised = { inet: 3_000, inet6: 3_000 };
    expect(exchange.outputs()).toMatchObject([{ inStep: true, received: { inet: 0, inet6: 0 }, advertised }]);
  });

  test("is told by way of an IPv4 address, and nothing of a version that it has no gateway of; at run time", async () => {
    const { exchange, router } = await both(2, 2);
    await vi.waitFor(() => expect(router.table.size).toBe(4));
    const { inner } = router.peer;
    if (inner === undefined) throw new Error("no inner router");
    const configure = (gateways: typeof inner.gateways) => {
      router.peer = { ...router.peer, inner: { ...inner, gateways } };
      exchange.setPeers();
    };
    router.table.clear();
    configure({ ...inner.gateways, inet6: 0x0a00fffe });
    await vi.waitFor(() => expect(router.table.get(text(0x100))).toBe(`${0x0a00fffe} `));
    // The other family is not told again.
    expect([...router.table.keys()].sort()).toEqual([text(0x100), text(0x101)]);
    configure({ ...inner.gateways, inet6: undefined });
    await vi.waitFor(() => expect(router.table.size).toBe(0));
    await turns(5);
    expect(exchange.outputs()[0]?.advertised).toEqual({ inet: 2, inet6: 0 });
  });

  test("that does not read is owed the rest of both, and told it when it has", async () => {
    const { exchange, idle, publish, publish6, router } = await both(3_000, 0);
    await vi.waitFor(() => expect(router.table.size).toBe(3_000));
    router.room = 1;
    for (let index = 0; index < 3_000; index++) publish6(index);
    for (let index = 3_000; index < 6_000; index++) publish(index);
    await idle();
    await turns(20);
    const before = router.messages.length;
    await turns(20);
    expect([router.messages.length, router.table.size < 9_000]).toEqual([before, true]);
    router.room = Number.POSITIVE_INFINITY;
    exchange.drained(router);
    await vi.waitFor(() => expect(router.table.size).toBe(9_000));
  });

  test("asks for one again, and hears that one alone between its marks", async () => {
    const { exchange, router } = await both(5, 7, { enhancedRouteRefresh: true });
    await vi.waitFor(() => expect(router.table.size).toBe(12));
    await turns(5);
    router.table.clear();
    exchange.routeRefresh(router, "inet6");
    await untilMarks(router, 2);
    expect([router.markers, router.table.size]).toEqual([["begin", "end"], 7]);
  });

  test("says all of one again: what has not come of it is gone, and nothing of the other", async () => {
    const { rib, exchange, idle, router } = await both(0, 0);
    rib.publish(HOST, "red", 3, { ...route(0, 16, HOST), address: inet6(9), length: 128 });
    rib.publish(HOST, "red", 3, route(1, 17, HOST));
    exchange.update(router, said({}));
    exchange.update(router, said6(inet6(9), [1, 2, 3]));
    await idle();
    expect(exchange.outputs()[0]?.received).toEqual({ inet: 1, inet6: 3 });
    exchange.refreshMark(router, "inet6", "begin");
    exchange.update(router, said6(inet6(9), [2]));
    exchange.refreshMark(router, "inet6", "end");
    await idle();
    expect(exchange.outputs()[0]?.received).toEqual({ inet: 1, inet6: 1 });
    expect([...(rib.instance("red")?.inet6Keys() ?? [])]).toHaveLength(2);
    exchange.familyDisabled(router, "inet6");
    await idle();
    expect([exchange.outputs()[0]?.received, router.stopped]).toEqual([{ inet: 1, inet6: 0 }, undefined]);
    expect([...(rib.instance("red")?.inet6Keys() ?? [])]).toHaveLength(1);
  });

  test("gives ten thousand routes of both together, and no more", async () => {
    const { exchange, router } = await both(0, 0);
    const indexes = Array.from({ length: 9_999 }, (_, index) => index);
    exchange.update(router, said({}));
    exchange.update(router, said6(inet6(9), indexes));
    expect(router.stopped).toBeUndefined();
    exchange.update(router, said6(inet6(9), [9_999]));
    expect(router.stopped).toBe("route-limit");
  });

  test("has a limit of its own for each", async () => {
    const { exchange, router } = await both(0, 0);
    router.peer = { ...router.peer, prefixLimits: { inet6: { maximum: 2, holdDownMs: 7_000 } } };
    exchange.update(router, said6(inet6(9), [0, 1]));
    expect(router.stopped).toBeUndefined();
    exchange.update(router, said6(inet6(9), [2]));
    expect([router.stopped, router.restartMs]).toEqual(["route-limit", 7_000]);
  });

  test("says an IPv6 route with more attributes than are kept: the route goes, the session stays", async () => {
    const { rib, exchange, idle, router } = await both(0, 0);
    rib.publish(HOST, "red", 3, { ...route(0, 16, HOST), address: inet6(9), length: 128 });
    const communities = Array.from({ length: 1_000 }, (_, index) => index);
    const routes = async () => {
      await idle();
      return [...(rib.instance("red")?.inet6Keys() ?? [])].length;
    };
    exchange.update(router, said6(inet6(9), [0]));
    expect(await routes()).toBe(2);
    exchange.update(router, said6(inet6(9), [0], { communities }));
    expect([await routes(), router.stopped]).toEqual([1, undefined]);
  });
});
