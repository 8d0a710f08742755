import { describe, expect, test } from "vitest";
import { FAMILIES } from "../family.ts";
import { FAULT_VECTORS, type FaultAction } from "../testing/fault-vectors.ts";
import { decodeUpdate } from "./decode-update.ts";
import type { UpdateContext } from "./update-context.ts";
import type { UpdateVerdict } from "./update-verdict.ts";

const SESSION: UpdateContext = { fourOctetAs: true, external: false, families: FAMILIES };

function actionOf(verdict: UpdateVerdict): FaultAction {
  if (verdict.kind === "update") return verdict.discarded.length === 0 ? "applied" : "attribute-discard";
  if (verdict.kind === "end-of-rib") throw new Error("no End-of-RIB is among them");
  return verdict.kind;
}

describe.each(FAULT_VECTORS)("$attribute, $fault ($section)", ({ body, session, action }) => {
  const verdict = decodeUpdate(body, { ...SESSION, ...session });

  test(`is answered by ${action}`, () => {
    expect(actionOf(verdict)).toBe(action);
  });

  test("and by nothing else", () => {
    if (verdict.kind === "treat-as-withdraw") {
      expect(verdict.update.reach).toEqual([]);
      expect(verdict.update.announced).toBeUndefined();
      expect(verdict.update.unreach.flatMap(({ routes }) => [...routes])).toHaveLength(1);
      expect(verdict.problems.length).toBeGreaterThan(0);
    } else if (verdict.kind === "session-reset" || verdict.kind === "disable-family") {
      expect(verdict.notification.code).toBe(3);
      expect(verdict.problem.reason).not.toBe("");
    } else if (verdict.kind === "update") {
      expect(verdict.update.announced !== undefined).toBe(verdict.update.reach.length > 0);
    }
  });
});

test("of several prefix routes those alone are withdrawn that contradict themselves (RFC 9136 section 3.2)", () => {
  const good = FAULT_VECTORS.find(({ fault }) => fault === "label alone")?.body ?? new Uint8Array();
  const bad = FAULT_VECTORS.find(({ fault }) => fault === "no label and no overlay index")?.body ?? new Uint8Array();
  // Head of the message and of the attribute, AFI, SAFI, next hop, zero: then 36 octets of route.
  const [routesAt, routeBytes] = [4 + 4 + 3 + 5 + 1, 36];
  const merged = Uint8Array.from([
    ...good.subarray(0, routesAt + routeBytes),
    ...bad.subarray(routesAt, routesAt + routeBytes),
    ...good.subarray(routesAt + routeBytes),
  ]);
  merged[3] = (merged[3] ?? 0) + routeBytes;
  merged[7] = (merged[7] ?? 0) + routeBytes;
  const verdict = decodeUpdate(merged, SESSION);
  if (verdict.kind !== "treat-as-withdraw") throw new Error(verdict.kind);
  expect(verdict.update.reach).toMatchObject([{ family: "e-vpn", routes: [{ type: 5, label: 5000 }] }]);
  expect(verdict.update.unreach).toMatchObject([{ family: "e-vpn", routes: [{ type: 5, label: 0 }] }]);
  expect(verdict.update.announced).toBeDefined();
});

test("every action has its cases", () => {
  const counts = Object.groupBy(FAULT_VECTORS, ({ action }) => action);
  const numbers = Object.entries(counts).map(([action, cases]) => `${action} ${cases.length}`);
  console.log(`${FAULT_VECTORS.length} cases: ${numbers.join(", ")}`);
  expect(Object.keys(counts)).toHaveLength(5);
  expect(FAULT_VECTORS.length).toBeGreaterThanOrEqual(60);
});
