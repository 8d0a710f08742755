import { expect, test } from "vitest";
import { removesTooMany } from "./brake.ts";
import type { CloudDifferences } from "./cloud-diff.ts";
import type { Finding } from "./difference.ts";

type Type = "virtual-network" | "virtual-machine-interface";

const NETWORK = { cloudUuid: undefined, surplus: undefined, from: [], numbers: [] };

function removing(type: Type, count: number, more: Partial<Finding> = {}): CloudDifferences {
  const finding = (index: number) => ({ action: "remove" as const, type, uuid: `${index}`, name: "", reason: "" });
  const findings = Array.from({ length: count }, (_, index) => ({ ...finding(index), ...more }));
  return {
    owners: [],
    networks: findings.map((one, index) => ({ ...NETWORK, networkId: `${index}`, findings: [one] })),
    machines: [],
  };
}

/** Ports are in the networks of their numbers. */
function known(networks: number, ports: number) {
  const objects = (count: number) => Array.from({ length: count }, (_, index) => ({ uuid: `${index}` }));
  const interfaces = objects(ports).map(({ uuid }) => {
    return { vmi: { uuid, virtual_network_refs: [{ uuid }] }, address: undefined, secondary: [] };
  });
  return { networks: objects(networks), interfaces };
}

/** That many of the type, beside 30 of the other one. */
function knownOf(type: "virtual-network" | "virtual-machine-interface") {
  return (count: number) => (type === "virtual-network" ? known(count, 30) : known(30, count));
}

test.each(["virtual-network", "virtual-machine-interface"] as const)(
  "more than ten of type %s, and more than half of them, do not go without a person",
  (type) => {
    const of = knownOf(type);
    expect(removesTooMany(removing(type, 11), of(21))).toBe(true);
    expect(removesTooMany(removing(type, 11), of(22))).toBe(false);
    expect(removesTooMany(removing(type, 10), of(11))).toBe(false);
  },
);

test.each(["virtual-network", "virtual-machine-interface"] as const)(
  "all of type %s do not go without a person, however few they are",
  (type) => {
    const of = knownOf(type);
    expect(removesTooMany(removing(type, 1), of(1))).toBe(true);
    expect(removesTooMany(removing(type, 9), of(9))).toBe(true);
    expect(removesTooMany(removing(type, 0), of(0))).toBe(false);
    expect(removesTooMany(removing(type, 1), of(2))).toBe(false);
  },
);

test("all ports do not go without a person where some of them go with their networks", () => {
  const both = [removing("virtual-network", 1), removing("virtual-machine-interface", 2, { uuid: "1" })];
  const found = { owners: [], machines: [], networks: both.flatMap(({ networks }) => networks) };
  expect(removesTooMany(found, known(9, 3))).toBe(true);
  expect(removesTooMany(found, known(9, 4))).toBe(false);
});

test("ports that go with their networks count, where few networks have most of the ports", () => {
  const networks = Array.from({ length: 100 }, (_, index) => ({ uuid: `${index}` }));
  const portsIn = (uuid: string, count: number) =>
    Array.from({ length: count }, (_, index) => {
      const vmi = { uuid: `${uuid}-${index}`, virtual_network_refs: [{ uuid }] };
      return { vmi, address: undefined, secondary: [] };
    });
  // 40 networks have 960 of 1,000 ports, the other 60 the rest.
  const uneven = networks.flatMap(({ uuid }, index) => portsIn(uuid, index < 40 ? 24 : index < 80 ? 1 : 0));
  expect(uneven).toHaveLength(1_000);
  expect(removesTooMany(removing("virtual-network", 40), { networks, interfaces: uneven })).toBe(true);
  const even = networks.flatMap(({ uuid }) => portsIn(uuid, 10));
  expect(removesTooMany(removing("virtual-network", 40), { networks, interfaces: even })).toBe(false);
});

test("what is held does not count: it does not go", () => {
  expect(removesTooMany(removing("virtual-network", 20, { held: "not understood" }), known(20, 0))).toBe(false);
});
