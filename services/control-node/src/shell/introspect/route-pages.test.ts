import { NO_ADVERTISE, routeTarget } from "@contrail/bgp";
import { silentLogger, silentMeter } from "@contrail/observability";
import { systemClock } from "@contrail/runtime";
import { expect, test } from "vitest";
import { announcement, OTHER, world } from "../../testing/exchange-world.ts";
import { ListeningPeer } from "../../testing/listening-peer.ts";
import { PolicyProblems } from "../policy-problems.ts";
import { routePages } from "./route-pages.ts";

const PROBLEM = { policy: "d:p:export-all", reason: "left out: it follows one that is" };

/** A world with two peers, of which gw gives better routes than the agent, and its pages. */
async function pagesOf(change: (made: ReturnType<typeof world>) => void = () => {}) {
  const made = world();
  const { rib, exchange, idle, publish } = made;
  const [gateway, mate] = [new ListeningPeer("gw", { peerId: 77, external: true }), new ListeningPeer("mate")];
  for (const peer of [gateway, mate]) exchange.established(peer);
  rib.setInstance({ name: "blue", importTargets: [routeTarget(64_512, 2)], exportTargets: [], virtualNetworkId: 6 });
  publish(1);
  publish(1, 44, OTHER);
  publish(2);
  exchange.update(gateway, announcement(2));
  change(made);
  made.driver.changed();
  await idle();
  const policyProblems = new PolicyProblems(silentLogger, silentMeter.counter("problems", ""));
  policyProblems.set("blue", [PROBLEM]);
  const pages = routePages({ rib, exchange, policyProblems, clock: systemClock });
  return async (name: string, query: Readonly<Record<string, string>> = {}) =>
    JSON.parse(JSON.stringify(await pages[name]?.(query)));
}

test("why: the best path, and by which rule each other one stands behind it", async () => {
  const page = await pagesOf();
  const [route] = await page("why", { prefix: "10.0.0.1", rd: "172.30.1.2:3" });
  expect(route).toMatchObject({ family: "inet-vpn", route: "172.30.1.2:3:10.0.0.1/32" });
  expect(route.paths).toMatchObject([
    { source: "external-peer gw", localPreference: 200, best: true },
    { source: "agent host1", best: false, reason: "the best path has: higher local preference" },
  ]);
});

test("why: a path that is never chosen says which loop it is in", async () => {
  const { reach, announced, unreach } = announcement(1, 5);
  const looped = { asPath: [{ kind: "sequence" as const, autonomousSystems: [64_512, 7] }] };
  const page = await pagesOf(({ exchange }) => {
    const attributes = { ...announced.attributes, ...looped };
    const gateway = new ListeningPeer("gw", { peerId: 77, external: true });
    exchange.update(gateway, { unreach, reach, announced: { bytes: new Uint8Array([1]), attributes } });
  });
  const [route] = await page("why", { rd: "172.30.0.0:5" });
  expect(route?.paths).toMatchObject([{ best: false, feasible: false, reason: "never chosen: AS path loop" }]);
  expect(route.peers[0]).toEqual({ peer: "gw", advertised: false, waits: false, reason: "no path may be chosen" });
});

test("why: who imports it, and why the instance that is asked for does not", async () => {
  const page = await pagesOf(({ rib }) =>
    rib.setInstance({ name: "green", importTargets: [routeTarget(64_512, 1)], exportTargets: [], virtualNetworkId: 7 }),
  );
  const query = { prefix: "10.0.0.1", source: "host2" };
  expect((await page("why", query))[0].instances).toEqual([
    { instance: "red", imported: true },
    { instance: "green", imported: true, reason: "another route to the prefix has: higher local preference" },
  ]);
  expect((await page("why", { ...query, instance: "blue" }))[0].instances).toEqual([
    {
      instance: "blue",
      imported: false,
      reason: "the instance imports none of its route targets",
      policyProblems: [PROBLEM],
    },
  ]);
  await expect(page("why", { ...query, instance: "none" })).rejects.toThrow("there is no routing instance none");
});

test("why: to which peers it goes, and why not to the others", async () => {
  const page = await pagesOf();
  const [own] = await page("why", { prefix: "10.0.0.1", rd: "172.30.1.2:3" });
  expect(own.peers).toEqual([
    { peer: "gw", advertised: false, waits: false, reason: "the peer has said it itself" },
    { peer: "mate", advertised: true, waits: false },
  ]);
  const { reach, announced, unreach } = announcement(1, 6);
  const hidden = await pagesOf(({ exchange }) => {
    const attributes = { ...announced.attributes, communities: [NO_ADVERTISE] };
    const gateway = new ListeningPeer("gw", { peerId: 77, external: true });
    exchange.update(gateway, { unreach, reach, announced: { bytes: new Uint8Array([2]), attributes } });
  });
  const [route] = await hidden("why", { rd: "172.30.0.0:6", peer: "mate" });
  expect(route.peers).toEqual([
    { peer: "mate", advertised: false, waits: false, reason: "its community is NO_ADVERTISE (RFC 1997)" },
  ]);
});

test("routes come in ranges and by filters, of families and of instances", async () => {
  const page = await pagesOf();
  const routes = async (name: string, query: Readonly<Record<string, string>>) =>
    (await page(name, query)).map(({ route, prefix }: { route?: string; prefix: string }) => route ?? prefix);
  expect(await routes("bgp-routes", { family: "inet-vpn", limit: "1", offset: "1" })).toHaveLength(1);
  expect(await routes("bgp-routes", { source: "host2" })).toEqual(["172.30.2.2:3:10.0.0.1/32"]);
  expect(await routes("routes", { instance: "red" })).toEqual(["10.0.0.1/32", "10.0.0.2/32"]);
  expect(await routes("routes", { instance: "red", prefix: "10.0.0.2" })).toEqual(["10.0.0.2/32"]);
  expect(await routes("routes", { instance: "none" })).toEqual([]);
  for (const name of ["routes", "instance-routes"])
    await expect(page(name)).rejects.toThrow("instance: wanted in the query, as ?instance=…; see /instances");
  expect(await page("instances")).toContainEqual(expect.objectContaining({ routesPage: "/routes?instance=red" }));
  expect(await page("families")).toContainEqual({ name: "inet-vpn", routes: 4 });
  await expect(page("bgp-routes", { limit: "20000" })).rejects.toThrow("limit: not a number from 1 to 10000");
});

test("what of an instance's policies does not count is beside it, and on a page of its own", async () => {
  const page = await pagesOf();
  const problemsOf = (await page("instances")).map(
    ({ name, policyProblems }: { name: string; policyProblems: unknown }) => [name, policyProblems],
  );
  expect(problemsOf).toEqual([
    ["red", []],
    ["blue", [PROBLEM]],
  ]);
  expect(await page("policy-problems")).toEqual([{ instance: "blue", ...PROBLEM }]);
});

test("why: a peer is not told of what does not fit into a message", async () => {
  const page = await pagesOf(({ exchange }) => {
    const { reach, announced, unreach } = announcement(1, 8);
    const communities = Array.from({ length: 1_200 }, (_, index) => index);
    const gateway = new ListeningPeer("gw", { peerId: 77, external: true });
    const attributes = { ...announced.attributes, communities };
    exchange.update(gateway, { unreach, reach, announced: { bytes: new Uint8Array([8]), attributes } });
  });
  const [route] = await page("why", { rd: "172.30.0.0:8", peer: "mate" });
  const reason = "its attributes do not fit into a message of 4096 octets";
  expect(route.peers).toEqual([{ peer: "mate", advertised: false, waits: false, reason }]);
});
