import { inspect } from "node:util";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { encodeAttributes } from "../attributes/encode-attributes.ts";
import { familyRoutes, nextHops } from "../families/family-routes.arbitrary.ts";
import { reachOf } from "../families/family-routes.ts";
import { FAMILIES } from "../family.ts";
import { HEADER_BYTES } from "../message/header.ts";
import { MessageFramer } from "../message/message-framer.ts";
import { decodeUpdate } from "./decode-update.ts";
import { encodeEndOfRib, encodeReach, encodeUnreach } from "./encode-update.ts";
import { pathAttributes } from "./update.arbitrary.ts";
import type { FamilyRoutes } from "./update.ts";
import type { UpdateContext } from "./update-context.ts";

const CONTEXT: UpdateContext = {
  fourOctetAs: true,
  external: false,
  families: FAMILIES,
  extendedNextHop: ["inet", "inet-vpn"],
};

/** The context of a session with add-path in the family where the routes have path identifiers. */
function contextFor({ family, pathIds }: FamilyRoutes): UpdateContext {
  return { ...CONTEXT, addPathReceive: pathIds === undefined ? [] : [family] };
}

/** Cuts a message as a session would and reads its body. */
function decode(message: Uint8Array, context: UpdateContext = CONTEXT) {
  const framer = new MessageFramer();
  framer.allowExtendedMessages();
  framer.push(message);
  const frame = framer.next();
  if (frame.kind !== "message") throw new Error(`no message but ${frame.kind}`);
  expect(framer.bufferedBytes).toBe(0);
  return decodeUpdate(frame.body, context);
}

describe("UPDATE", () => {
  test("announced routes and attributes come back as they went, in messages within the budget", () => {
    fc.assert(
      fc.property(
        pathAttributes,
        familyRoutes,
        nextHops,
        fc.constantFrom(1600, 4096, 65535),
        (attributes, routes, nextHop, budget) => {
          const attributeBytes = encodeAttributes(attributes, { fourOctetAs: true });
          const encoded = encodeReach(reachOf(routes, nextHop), attributeBytes, budget);
          fc.pre(encoded.kind === "encoded");
          const back: unknown[] = [];
          const ids: number[] = [];
          for (const message of encoded.messages) {
            expect(message.length).toBeLessThanOrEqual(budget);
            const verdict = decode(message, contextFor(routes));
            if (verdict.kind !== "update") throw new Error(inspect(verdict, { depth: 5 }));
            expect(verdict.discarded).toEqual([]);
            expect(verdict.update.announced?.attributes).toEqual(attributes);
            expect(verdict.update.announced?.bytes).toEqual(attributeBytes);
            const [reach] = verdict.update.reach;
            expect(reach?.nextHop).toBe(nextHop);
            expect(reach?.family).toBe(routes.family);
            back.push(...(reach?.routes ?? []));
            ids.push(...(reach?.pathIds ?? []));
          }
          expect(back).toEqual(routes.routes);
          expect(ids).toEqual(routes.pathIds ?? []);
        },
      ),
      { numRuns: 300 },
    );
  });

  test("a session with two-octet AS numbers carries the same path and aggregator", () => {
    fc.assert(
      fc.property(pathAttributes, familyRoutes, nextHops, (attributes, routes, nextHop) => {
        const attributeBytes = encodeAttributes(attributes, { fourOctetAs: false });
        const encoded = encodeReach(reachOf(routes, nextHop), attributeBytes, 65535);
        const [message = new Uint8Array()] = encoded.kind === "encoded" ? encoded.messages : [];
        const verdict = decode(message, { ...contextFor(routes), fourOctetAs: false });
        if (verdict.kind !== "update") throw new Error(inspect(verdict, { depth: 5 }));
        const hops = (path: typeof attributes.asPath) =>
          path.flatMap(({ kind, autonomousSystems }) =>
            [kind === "set" ? autonomousSystems : autonomousSystems.map((as) => [as])].flat(),
          );
        expect(hops(verdict.update.announced?.attributes.asPath ?? [])).toEqual(hops(attributes.asPath));
        expect(verdict.update.announced?.attributes.aggregator).toEqual(attributes.aggregator);
      }),
      { numRuns: 200 },
    );
  });

  test("withdrawn routes come back, labels apart", () => {
    const labelled = ["inet-vpn", "inet6-vpn"];
    const withoutLabels = ({ family, routes }: FamilyRoutes) =>
      labelled.includes(family) ? routes.map((route) => ({ ...route, label: 0x80000 })) : routes;
    fc.assert(
      fc.property(familyRoutes, fc.constantFrom(120, 4096), (routes, budget) => {
        const back: unknown[] = [];
        const ids: number[] = [];
        for (const message of encodeUnreach(routes, budget)) {
          expect(message.length).toBeLessThanOrEqual(budget);
          const verdict = decode(message, contextFor(routes));
          if (verdict.kind !== "update") throw new Error(inspect(verdict, { depth: 5 }));
          expect(verdict.update.announced).toBeUndefined();
          back.push(...(verdict.update.unreach[0]?.routes ?? []));
          ids.push(...(verdict.update.unreach[0]?.pathIds ?? []));
        }
        expect(back).toEqual(withoutLabels(routes));
        expect(ids).toEqual(routes.pathIds ?? []);
      }),
      { numRuns: 300 },
    );
  });

  test("End-of-RIB of each family is recognised, and only where the family is in use", () => {
    for (const family of FAMILIES) {
      expect(decode(encodeEndOfRib(family))).toEqual({ kind: "end-of-rib", family });
      const elsewhere = decode(encodeEndOfRib(family), { ...CONTEXT, families: [] });
      expect(elsewhere).toMatchObject({ kind: "update", update: { unreach: [], reach: [] } });
    }
    expect(encodeEndOfRib("inet").length).toBe(HEADER_BYTES + 4);
  });

  test("as many routes as fit stand in one message", () => {
    const routes = Array.from({ length: 1000 }, (_, index) => ({
      rdHigh: 0x1ac1e,
      rdLow: 0x01020001,
      address: 0x0a000000 + index,
      length: 32,
      label: 16 + index,
    }));
    const attributes = encodeAttributes(
      {
        origin: 0,
        asPath: [],
        communities: [],
        clusterList: [],
        extendedCommunities: [],
        largeCommunities: [],
        unknown: [],
      },
      { fourOctetAs: true },
    );
    const encoded = encodeReach({ family: "inet-vpn", routes, nextHop: 0xac1e0102 }, attributes, 4096);
    // 16 octets a route; 23 + 4 + 17 + 4 + 3 of everything else.
    expect(encoded.kind === "encoded" && encoded.messages.length).toBe(Math.ceil(1000 / Math.floor((4096 - 51) / 16)));
    const extended = encodeReach({ family: "inet-vpn", routes, nextHop: 0xac1e0102 }, attributes, 65535);
    expect(extended.kind === "encoded" && extended.messages.length).toBe(1);
  });

  test("attributes that leave no room for a route are reported, not cut", () => {
    const big = new Uint8Array(4090);
    const encoded = encodeReach({ family: "inet", routes: [{ address: 0, length: 0 }], nextHop: 1 }, big, 4096);
    expect(encoded).toEqual({ kind: "too-large", attributeBytes: 4090 });
  });
});
