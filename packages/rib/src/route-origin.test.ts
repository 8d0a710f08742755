import { encodeAttributes, LLGR_STALE, type PathAttributes, type Update } from "@contrail/bgp";
import { expect, test } from "vitest";
import type { PathSource } from "./path.ts";
import { PLAIN_ATTRIBUTES } from "./plain-attributes.ts";
import { IMPORT, newRib, target } from "./rib.model.ts";
import type { Rib } from "./rib.ts";

/* route_origin_override of a session: its routes have this ORIGIN here. */

const PEER: PathSource = { kind: "external-peer", name: "peer", routerId: 7 };

/** The peer says two prefixes, one with each ORIGIN. */
function said(origins: readonly [PathAttributes["origin"], PathAttributes["origin"]]): readonly Update[] {
  return origins.map((origin, index) => {
    const attributes = { ...PLAIN_ATTRIBUTES, origin, extendedCommunities: [target(1)] };
    const bytes = encodeAttributes(attributes, { fourOctetAs: true });
    const routes = [{ rdHigh: 1, rdLow: 1, address: index * 256, length: 24, label: 16 }];
    const reach = [{ family: "inet-vpn" as const, routes, nextHop: 7 }];
    return { unreach: [], reach, announced: { bytes, attributes } };
  });
}

function say(rib: Rib, ...origins: Parameters<typeof said>[0]): void {
  for (const update of said(origins)) rib.update(PEER, update, true);
}

function bestOf(rib: Rib): readonly (PathAttributes | undefined)[] {
  rib.step(Number.POSITIVE_INFINITY);
  return [...rib.vpn.all()].sort((a, b) => a.address - b.address).map(({ best }) => best?.attributes);
}

const origins = (rib: Rib) => bestOf(rib).map((attributes) => attributes?.origin);

test("routes have the ORIGIN of the session from when it is configured until it is so no more", () => {
  const rib = newRib();
  rib.setImportPolicy(PEER, IMPORT);
  say(rib, 0, 1);
  expect(origins(rib)).toEqual([0, 1]);
  rib.setImportPolicy(PEER, { ...IMPORT, origin: 2 });
  expect(origins(rib)).toEqual([2, 2]);
  rib.setImportPolicy(PEER, { ...IMPORT, origin: 0 });
  expect(origins(rib)).toEqual([0, 0]);
  rib.setImportPolicy(PEER, IMPORT);
  expect(origins(rib)).toEqual([0, 1]);
});

test("what is said again unchanged is no news, what is said otherwise is", () => {
  const rib = newRib();
  rib.setImportPolicy(PEER, { ...IMPORT, origin: 2 });
  say(rib, 0, 1);
  const before = bestOf(rib);
  rib.takeChanged();
  say(rib, 0, 1);
  expect([bestOf(rib), rib.takeChanged().size]).toEqual([before, 0]);
  rib.setImportPolicy(PEER, IMPORT);
  say(rib, 1, 0);
  expect(origins(rib)).toEqual([1, 0]);
});

test("the last of two changes counts, however much of the first was still to be done", () => {
  const rib = newRib();
  rib.setImportPolicy(PEER, IMPORT);
  say(rib, 0, 1);
  for (const origin of [2, 1, 2, undefined] as const) rib.setImportPolicy(PEER, { ...IMPORT, origin });
  expect(origins(rib)).toEqual([0, 1]);
});

test("a route that is kept for long has it too, whichever comes first", () => {
  const after = (...steps: readonly ((rib: Rib) => void)[]) => {
    const rib = newRib();
    rib.setImportPolicy(PEER, IMPORT);
    say(rib, 0, 1);
    rib.markStale(PEER);
    for (const step of steps) {
      step(rib);
      rib.step(Number.POSITIVE_INFINITY);
    }
    return bestOf(rib).map((attributes) => [attributes?.origin, attributes?.communities.join()]);
  };
  const keep = (rib: Rib) => rib.keepLong(PEER, ["inet-vpn"]);
  const force = (rib: Rib) => rib.setImportPolicy(PEER, { ...IMPORT, origin: 2 });
  const free = (rib: Rib) => rib.setImportPolicy(PEER, IMPORT);
  const [forced, plain] = [
    [2, 2].map((origin) => [origin, `${LLGR_STALE}`]),
    [0, 1].map((origin) => [origin, `${LLGR_STALE}`]),
  ];
  expect([after(force, keep), after(keep, force)]).toEqual([forced, forced]);
  expect([after(force, keep, free), after(keep, force, free)]).toEqual([plain, plain]);
});
