import { expect, test } from "vitest";
import type { CloudDifferences } from "./cloud-diff.ts";
import { removesTooMany } from "./report.ts";

function removing(type: "virtual-network" | "virtual-machine-interface", count: number): CloudDifferences {
  const finding = (index: number) => ({ action: "remove" as const, type, uuid: `${index}`, name: "", reason: "" });
  const findings = Array.from({ length: count }, (_, index) => finding(index));
  return {
    owners: [],
    networks: findings.map((one, index) => ({ networkId: `${index}`, cloudUuid: undefined, findings: [one] })),
    machines: [],
  };
}

test.each(["virtual-network", "virtual-machine-interface"] as const)(
  "more than ten of type %s, and more than half of them, do not go without a person",
  (type) => {
    const known = (count: number) => ({
      networks: 30,
      ports: 30,
      [type === "virtual-network" ? "networks" : "ports"]: count,
    });
    expect(removesTooMany(removing(type, 11), known(21))).toBe(true);
    expect(removesTooMany(removing(type, 11), known(22))).toBe(false);
    expect(removesTooMany(removing(type, 10), known(10))).toBe(false);
  },
);
