import { objectTypes } from "@contrail/schema";
import { expect, test } from "vitest";
import { nearestName, suggestion } from "./nearest-name.ts";

const TYPES = objectTypes().map(({ name }) => name);

test.each([
  ["virtual-netwrok", "virtual-network"],
  ["virtual_network", "virtual-network"],
  ["virtualnetwork", "virtual-network"],
  ["Floating-IP", "floating-ip"],
  ["machine-interface", "virtual-machine-interface"],
  ["virtual-dns", "virtual-DNS"],
])("%s is near %s", (given, meant) => {
  expect(nearestName(given, TYPES)).toBe(meant);
});

test.each(["x", "zebra", "policy", "completely-different-thing"])("nothing is near %s", (given) => {
  expect(nearestName(given, TYPES)).toBeUndefined();
  expect(suggestion(given, TYPES)).toBe("");
});
