import { expect, test } from "vitest";
import { LateClaims } from "./late-claims.ts";
import { REQUEST_MS, SECOND_NODE_MS } from "./session.ts";

test("a claim that a second coordinator may have got, too, is kept until the first one has given up", () => {
  const late = new LateClaims();
  late.note([{ nonce: "quick" }], 1_000, 1_000 + SECOND_NODE_MS - 1);
  late.note([{ nonce: "slow" }], 1_000, 1_000 + SECOND_NODE_MS);
  expect(late.untilMs("quick")).toBe(0);
  expect(late.untilMs("slow")).toBe(1_000 + SECOND_NODE_MS + REQUEST_MS);
});
