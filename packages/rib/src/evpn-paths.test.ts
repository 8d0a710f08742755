import { type EvpnRoute, encodeAttributes, esiLabelCommunity, mobilityCommunity } from "@contrail/bgp";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { plainAttributes } from "./derived/derived.model.ts";
import type { PathSource } from "./path.ts";
import { keyedVrfContents, Mirror, newRib, target } from "./rib.model.ts";
import type { Rib } from "./rib.ts";

/* Routers at 172.31.0.<n>, each with a distinguisher of its own; red imports target 1. */

const MAC = 0x020000000001;
const SEGMENT = 7n;
const WHOLE_SEGMENT = 0xffffffff;

const ROUTERS = new Map<number, PathSource>();
function router(number: number): PathSource {
  const known = ROUTERS.get(number) ?? { kind: "internal-peer", name: `router${number}`, routerId: number };
  ROUTERS.set(number, known);
  return known;
}

function tables(): Rib {
  const rib = newRib();
  rib.setInstance({ name: "red", importTargets: [target(1)], exportTargets: [target(1)], virtualNetworkId: 5 });
  return rib;
}

function say(rib: Rib, number: number, route: EvpnRoute, ...communities: readonly bigint[]): void {
  const attributes = plainAttributes({ extendedCommunities: [target(1), ...communities] });
  const announced = { attributes, bytes: encodeAttributes(attributes, { fourOctetAs: true }) };
  const reach = { family: "e-vpn" as const, routes: [route], nextHop: 0xac1f0000 + number };
  rib.update(router(number), { unreach: [], reach: [reach], announced }, true);
}

function take(rib: Rib, number: number, route: EvpnRoute): void {
  rib.update(
    router(number),
    { unreach: [{ family: "e-vpn", routes: [route] }], reach: [], announced: undefined },
    true,
  );
}

const rd = (number: number) => ({ rdHigh: 0x1ac1f, rdLow: number });
/** A router has the machine, on a segment or on none; the label is its number. */
const machine = (number: number, segment = SEGMENT): EvpnRoute => {
  const place = { segment, ethernetTag: 0, mac: MAC, ip: undefined, label: number, label2: undefined };
  return { type: 2, ...rd(number), ...place };
};
/** A router is on the segment. */
const onSegment = (number: number): EvpnRoute => {
  return { type: 1, ...rd(number), segment: SEGMENT, ethernetTag: WHOLE_SEGMENT, label: 0 };
};
/** A router forwards for the segment in the network, under a label of a hundred and its number. */
const forwards = (number: number): EvpnRoute => {
  return { type: 1, ...rd(number), segment: SEGMENT, ethernetTag: 0, label: 100 + number };
};
const SINGLE_ACTIVE = esiLabelCommunity({ flag: true, label: 0 });

/** Where the machine is: "router label". */
function places(rib: Rib): readonly string[] {
  rib.step(Number.POSITIVE_INFINITY);
  const routes = [...rib.keyedRoutes("red")].filter(({ text }) => text.startsWith("2-"));
  return routes.flatMap(({ nextHops }) => nextHops.map(({ address, label }) => `${address & 0xff} ${label}`));
}

describe("a machine that several routers claim", () => {
  test("is where the higher sequence is, whichever router has what distinguisher", () => {
    const rib = tables();
    say(rib, 1, machine(1, 0n));
    expect(places(rib)).toEqual(["1 1"]);
    say(rib, 2, machine(2, 0n), mobilityCommunity(1, false));
    expect(places(rib)).toEqual(["2 2"]);
    say(rib, 1, machine(1, 0n), mobilityCommunity(2, false));
    expect(places(rib)).toEqual(["1 1"]);
    take(rib, 1, machine(1, 0n));
    expect(places(rib)).toEqual(["2 2"]);
  });

  test("stays where it is sticky, whatever sequence another one says", () => {
    const rib = tables();
    say(rib, 1, machine(1, 0n), mobilityCommunity(0, true));
    say(rib, 2, machine(2, 0n), mobilityCommunity(9, false));
    expect(places(rib)).toEqual(["1 1"]);
    take(rib, 1, machine(1, 0n));
    expect(places(rib)).toEqual(["2 2"]);
  });

  test("is at the lowest next hop where they claim it equally", () => {
    const rib = tables();
    for (const number of [3, 2, 4]) say(rib, number, machine(number, 0n));
    expect(places(rib)).toEqual(["2 2"]);
  });
});

describe("a machine behind an Ethernet segment", () => {
  test("is reached by all routers that forward for the segment, told of or not", () => {
    const rib = tables();
    say(rib, 1, machine(1));
    for (const number of [1, 2, 3]) say(rib, number, forwards(number));
    expect(places(rib)).toEqual(["1 1"]);
    for (const number of [1, 2]) say(rib, number, onSegment(number));
    expect(places(rib)).toEqual(["1 1", "2 102"]);
    say(rib, 2, machine(2));
    expect(places(rib)).toEqual(["1 1", "2 2"]);
    take(rib, 1, machine(1));
    expect(places(rib)).toEqual(["1 101", "2 2"]);
  });

  test("is left by a router that loses the segment, at once for all machines, while another one has it", () => {
    const rib = tables();
    for (const number of [1, 2]) for (const make of [machine, forwards, onSegment]) say(rib, number, make(number));
    expect(places(rib)).toEqual(["1 1", "2 2"]);
    take(rib, 1, onSegment(1));
    expect(places(rib)).toEqual(["2 2"]);
    take(rib, 2, machine(2));
    expect(places(rib)).toEqual(["2 102"]);
  });

  test("is reached by one router alone where the segment is single-active", () => {
    const rib = tables();
    say(rib, 1, machine(1));
    for (const number of [1, 2]) {
      say(rib, number, forwards(number));
      say(rib, number, onSegment(number), SINGLE_ACTIVE);
    }
    expect(places(rib)).toEqual(["1 1"]);
  });

  test("that moves to another segment, or off one, is there alone", () => {
    const rib = tables();
    for (const number of [1, 2]) for (const make of [machine, forwards, onSegment]) say(rib, number, make(number));
    say(rib, 3, machine(3, 0n), mobilityCommunity(1, false));
    expect(places(rib)).toEqual(["3 3"]);
  });
});

test("any order of what routers say ends in the same places, which agents are told of", () => {
  const change = fc.tuple(
    fc.integer({ min: 1, max: 3 }),
    fc.constantFrom(machine, machine, (number: number) => machine(number, 0n), forwards, onSegment),
    fc.constantFrom([], [], [], [], [SINGLE_ACTIVE], [mobilityCommunity(1, false)], [mobilityCommunity(0, true)]),
    fc.constantFrom(true, true, true, false),
  );
  let shared = 0;
  fc.assert(
    fc.property(fc.array(change, { minLength: 5, maxLength: 25, size: "max" }), (changes) => {
      const rib = tables();
      const mirror = new Mirror();
      const said = new Map<string, () => Parameters<typeof say>>();
      for (const [number, make, communities, isThere] of changes) {
        const route = make(number);
        const key = `${number} ${route.type} ${"ethernetTag" in route ? route.ethernetTag : 0}`;
        if (isThere) {
          said.set(key, () => [rib, number, route, ...communities]);
          say(rib, number, route, ...communities);
        } else {
          said.delete(key);
          take(rib, number, route);
        }
        rib.step(1);
        mirror.take(rib);
      }
      expect(mirror.keyed).toEqual(keyedVrfContents(rib));
      const fresh = tables();
      for (const args of [...said.values()].reverse()) {
        const [, ...rest] = args();
        say(fresh, ...rest);
      }
      expect(places(rib)).toEqual(places(fresh));
      if (places(rib).length > 1) shared++;
    }),
    { numRuns: 1_000 },
  );
  console.log(`${shared} of 1000 end with several ways`);
  expect(shared).toBeGreaterThan(20);
});
