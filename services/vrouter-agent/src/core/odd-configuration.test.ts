import { PUNT_REASON, rowProblem } from "@contrail/forwarding";
import type { ConfigObject, JsonObject, JsonValue } from "@contrail/schema";
import fc from "fast-check";
import { expect, test } from "vitest";
import { acl, machine, network, port, rule, securityGroup, stateOf } from "./agent-world.model.ts";
import { clientFrame, clientMessage } from "./dhcp-frames.model.ts";
import { DHCP_TYPE } from "./dhcp-message.ts";
import { subscriptions } from "./publication.ts";
import { replyToPunt } from "./punt-reply.ts";

const WORLD: readonly ConfigObject[] = [
  ...network(0, { policy: true }),
  ...securityGroup(1, [rule({ dst_address: { security_group: "8000001" } })]),
  ...machine(0, 0, [1]),
  acl("acl", "virtual-network", "vn0", "acl", [
    rule({ src_address: { virtual_network: "default-domain:tenant:vn0" } }),
  ]),
];

/** Values that a model might let through, or that an older or newer version writes. */
const oddValue = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom(
    -1,
    1.5,
    1e300,
    4_294_967_296,
    "-1",
    "",
    "10.0.0.300",
    "10.0.0.0/33",
    "::1",
    "ff:ff",
    [],
    {},
    [null],
    null,
  ),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n }),
) as fc.Arbitrary<JsonValue>; // What fast-check calls JSON is ours, and bigint with it.

/** The value with what stands at one of its places replaced; `at` chooses the place. */
function replaced(value: JsonValue, at: readonly number[], by: JsonValue): JsonValue {
  const [first, ...rest] = at;
  if (first === undefined || typeof value !== "object" || value === null) return by;
  const names = Object.keys(value);
  const name = names[first % Math.max(names.length, 1)];
  if (name === undefined) return by;
  if (Array.isArray(value))
    return value.map((item, index) => (String(index) === name ? replaced(item, rest, by) : item));
  const object = value as JsonObject; // Neither null nor a list.
  return { ...object, [name]: replaced(object[name] ?? null, rest, by) };
}

const oddity = fc.record({
  which: fc.nat(WORLD.length - 1),
  inRef: fc.boolean(),
  at: fc.array(fc.nat(12), { minLength: 1, maxLength: 7 }),
  by: oddValue,
});

function withOddity(
  object: ConfigObject,
  { inRef, at, by }: { inRef: boolean; at: readonly number[]; by: JsonValue },
): ConfigObject {
  if (!inRef) return { ...object, properties: replaced(object.properties, at, by) as JsonObject }; // `at` is not empty.
  return { ...object, refs: object.refs.map((ref) => ({ ...ref, attr: replaced(ref.attr, at, by) })) };
}

/** All numbers of a row but its MAC address, which has 48 bits. */
function numbersIn(value: unknown): readonly number[] {
  if (typeof value === "number") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, item]) => (name === "mac" ? [] : numbersIn(item)));
}

function isIn32Bits(number: number): boolean {
  return Number.isInteger(number) && number >= 0 && number <= 0xffffffff;
}

test("no configuration throws; every row can be held, and every number in it fits its 32 bits", () => {
  let changed = 0;
  const usual = JSON.stringify(stateOf(WORLD, [port(0)]).rows);
  fc.assert(
    fc.property(fc.array(oddity, { minLength: 1, maxLength: 3 }), (oddities) => {
      const objects = WORLD.map((object, index) =>
        oddities.filter(({ which }) => which === index).reduce((each, odd) => withOddity(each, odd), object),
      );
      const { rows, ports } = stateOf(objects, [port(0)]);
      expect(rows.map(rowProblem).filter(Boolean)).toEqual([]);
      expect(rows.flatMap(({ row }) => numbersIn(row)).filter((number) => !isIn32Bits(number))).toEqual([]);
      for (const { address, groups } of subscriptions(ports).routes.values())
        expect([address, ...groups].every(isIn32Bits)).toBe(true);
      const [active] = ports.flatMap((state) => state.active ?? []);
      const frame = clientFrame(clientMessage(DHCP_TYPE.discover));
      if (active !== undefined) replyToPunt({ reason: PUNT_REASON.dhcp, interface: 1, vrf: 1 }, frame, active, 1_450);
      if (JSON.stringify(rows) !== usual) changed += 1;
    }),
    { numRuns: 4_000 },
  );
  expect(changed).toBeGreaterThan(800);
});

test("no configuration opens what the usual one closes: rules that pass are never more than they say", () => {
  fc.assert(
    fc.property(fc.array(oddity, { minLength: 1, maxLength: 2 }), (oddities) => {
      const denying = WORLD.map((object) =>
        object.type === "access-control-list"
          ? { ...object, properties: { access_control_list_entries: { acl_rule: [rule({}, "deny")] } } }
          : object,
      );
      const objects = denying.map((object, index) =>
        oddities
          .filter(({ which, by }) => which === index && by !== "pass")
          .reduce((each, odd) => withOddity(each, odd), object),
      );
      const { rows } = stateOf(objects, [port(0)]);
      for (const delta of rows) if (delta.kind === "acl") expect(delta.row.rules.some(({ pass }) => pass)).toBe(false);
    }),
    { numRuns: 1_000 },
  );
});
