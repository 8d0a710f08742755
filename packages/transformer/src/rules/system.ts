import type { FactTable } from "../fact-table.ts";
import { fact, factTable } from "../fact-table.ts";
import type { Reader, Rule } from "../flow.ts";
import { objectOf, objectsOf } from "../intent-tables.ts";

const DEFAULT_AS = 64512;
const SYSTEM: FactTable<number> = factTable("autonomous system");

/** The AS under which route targets are given. */
export function autonomousSystem(read: Reader): number {
  return read.value(SYSTEM, "") ?? DEFAULT_AS;
}

/** What all of the system depends on; read apart from the object, which changes for other reasons too. */
export const systemRule: Rule = {
  name: "system",
  on: objectsOf("global-system-config"),
  run: (key, read) => {
    const system = objectOf(read, "global-system-config", key);
    const as = Number(system?.properties.autonomous_system ?? DEFAULT_AS);
    return { facts: [fact(SYSTEM, "", key, as)] };
  },
};
