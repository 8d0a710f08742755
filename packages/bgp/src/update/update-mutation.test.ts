import fc from "fast-check";
import { expect, test } from "vitest";
import { encodeAttributes } from "../attributes/encode-attributes.ts";
import { familyRoutes, nextHops } from "../families/family-routes.arbitrary.ts";
import { reachOf } from "../families/family-routes.ts";
import { FAMILIES } from "../family.ts";
import { HEADER_BYTES } from "../message/header.ts";
import { decodeUpdate } from "./decode-update.ts";
import { encodeReach } from "./encode-update.ts";
import { pathAttributes } from "./update.arbitrary.ts";
import type { UpdateContext } from "./update-context.ts";
import type { UpdateVerdict } from "./update-verdict.ts";

const contexts: fc.Arbitrary<UpdateContext> = fc.record({
  fourOctetAs: fc.boolean(),
  external: fc.boolean(),
  families: fc.oneof(fc.constant(FAMILIES), fc.subarray([...FAMILIES])),
  addPathReceive: fc.constant([]),
  extendedNextHop: fc.constantFrom([], FAMILIES),
  unreadableRoutes: fc.constantFrom("session-reset" as const, "disable-family" as const, "disable-family" as const),
});

/** Good UPDATE bodies of sessions without add-path, to be broken. */
const bodies = fc
  .tuple(pathAttributes, familyRoutes, nextHops)
  .map(([attributes, { pathIds: _, ...routes }, nextHop]) => {
    const encoded = encodeReach(reachOf(routes, nextHop), encodeAttributes(attributes, { fourOctetAs: true }), 65535);
    const [message] = encoded.kind === "encoded" ? encoded.messages : [];
    return message?.slice(HEADER_BYTES) ?? new Uint8Array(4);
  });

/** How often each verdict was reached, so that the generator cannot quietly stop reaching one. */
const reached: Record<UpdateVerdict["kind"], number> = {
  update: 0,
  "end-of-rib": 0,
  "treat-as-withdraw": 0,
  "disable-family": 0,
  "session-reset": 0,
};

function judge(body: Uint8Array, context: UpdateContext): void {
  const copy = body.slice();
  const verdict = decodeUpdate(body, context);
  reached[verdict.kind]++;
  expect(body).toEqual(copy);
  if (verdict.kind === "session-reset" || verdict.kind === "disable-family") {
    expect(verdict.notification.data.length).toBeLessThanOrEqual(2048);
  } else if (verdict.kind !== "end-of-rib") {
    // Each route takes an octet at least: nothing grows beyond what came.
    const { reach, unreach, announced } = verdict.update;
    const routes = [...reach, ...unreach].reduce((sum, part) => sum + part.routes.length, 0);
    expect(routes).toBeLessThanOrEqual(body.length);
    expect(announced !== undefined).toBe(reach.length > 0);
    expect([...reach, ...unreach].every(({ family }) => context.families.includes(family))).toBe(true);
  }
}

test("octets of any kind give a verdict", () => {
  fc.assert(fc.property(fc.uint8Array({ minLength: 4, maxLength: 400 }), contexts, judge), { numRuns: 2_000 });
});

test("a good UPDATE with octets changed, cut out or put in gives a verdict", () => {
  const mutation = fc.record({
    // Most keep the lengths of the message as they are; what stands in front decides more.
    kind: fc.constantFrom("set", "set", "set", "flip", "flip", "flip", "cut", "insert"),
    at: fc.oneof(fc.nat(), fc.integer({ min: 4, max: 80 })),
    value: fc.oneof(fc.nat(255), fc.constantFrom(0, 1, 2, 3, 4, 0x40, 0x80, 0xc0, 0xd0, 255)),
  });
  fc.assert(
    fc.property(bodies, fc.array(mutation, { minLength: 1, maxLength: 4 }), contexts, (body, mutations, context) => {
      const bytes = [...body];
      for (const { kind, at, value } of mutations) {
        const index = at % Math.max(1, bytes.length);
        if (kind === "set") bytes[index] = value;
        else if (kind === "flip") bytes[index] = (bytes[index] ?? 0) ^ (1 << (value % 8));
        else if (kind === "cut") bytes.splice(index, 1 + (value % 8));
        else bytes.splice(index, 0, value);
      }
      while (bytes.length < 4) bytes.push(0);
      judge(Uint8Array.from(bytes), context);
    }),
    { numRuns: 3_000 },
  );
});

test("a good UPDATE cut short at any octet gives a verdict", () => {
  fc.assert(
    fc.property(bodies, contexts, (body, context) => {
      const step = Math.max(1, Math.floor(body.length / 50));
      for (let end = 4; end < body.length; end += step) judge(body.subarray(0, end), context);
    }),
    { numRuns: 100 },
  );
});

test("every verdict was reached a hundred times at least", () => {
  const context = {
    fourOctetAs: true,
    external: false,
    families: FAMILIES,
    unreadableRoutes: "disable-family",
  } as const;
  // A withdrawn VPN route of 112 bits that has one octet.
  const cutRoute = Uint8Array.from([0, 0, 0, 8, 0x80, 15, 5, 0, 1, 128, 112, 0]);
  for (let count = 0; count < 100; count++) for (const body of [new Uint8Array(4), cutRoute]) judge(body, context);
  console.log(`verdicts reached: ${JSON.stringify(reached)}`);
  for (const count of Object.values(reached)) expect(count).toBeGreaterThanOrEqual(100);
});
