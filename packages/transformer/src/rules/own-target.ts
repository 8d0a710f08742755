import { type FactTable, fact, factTable } from "../fact-table.ts";
import type { Reader, Rule } from "../flow.ts";
import { objectOf, objectsOf } from "../intent-tables.ts";
import { defaultInstance } from "../network-objects.ts";
import type { TargetNumbers } from "../route-targets.ts";
import { autonomousSystem } from "./system.ts";

/** The route target of a network's own, by the network's name: "target:64512:8000000". */
export const OWN_TARGET: FactTable<string> = factTable("own target");

/** A target of the system's own for an owner (a routing instance, a logical router); undefined where no number is left. */
export function systemTarget(read: Reader, numbers: TargetNumbers, owner: string): string | undefined {
  const as = autonomousSystem(read);
  const number = read.number(numbers.under(as), owner);
  return number === undefined ? undefined : `target:${as}:${number}`;
}

/** Gives every network its route target. */
export function ownTargetRule(numbers: TargetNumbers): Rule {
  return {
    name: "own target",
    on: objectsOf("virtual-network"),
    run(name, read) {
      const network = objectOf(read, "virtual-network", name);
      if (network === undefined) return {};
      const target = systemTarget(read, numbers, defaultInstance(network.fqName).join(":"));
      return target === undefined ? {} : { facts: [fact(OWN_TARGET, name, name, target)] };
    },
  };
}
