import { record } from "@contrail/schema";
import type { FactTable } from "../fact-table.ts";
import { fact, factTable } from "../fact-table.ts";
import type { Reader, Rule } from "../flow.ts";
import { objectOf, objectsOf } from "../intent-tables.ts";
import type { NumberRange } from "../numbers.ts";

const DEFAULT_AS = 64512;
const DEFAULT_PORTS: NumberRange = { first: 50_000, last: 50_512 };
const BGP_PORTS: FactTable<NumberRange> = factTable("BGP ports");
const SYSTEM: FactTable<number> = factTable("autonomous system");

/** The AS under which route targets are given. */
export function autonomousSystem(read: Reader): number {
  return read.value(SYSTEM, "") ?? DEFAULT_AS;
}

/** Source ports of BGPaaS sessions that the configuration leaves to the system. */
export function bgpPortRange(read: Reader): NumberRange {
  return read.value(BGP_PORTS, "") ?? DEFAULT_PORTS;
}

/** What all of the system depends on; read apart from the object, which changes for other reasons too. */
export const systemRule: Rule = {
  name: "system",
  on: objectsOf("global-system-config"),
  run: (key, read) => {
    const system = objectOf(read, "global-system-config", key);
    const as = Number(system?.properties.autonomous_system ?? DEFAULT_AS);
    const { port_start, port_end } = record(system?.properties.bgpaas_parameters); // BGPaaServiceParametersType.
    const facts = [fact(SYSTEM, "", key, as)];
    if (typeof port_start !== "number" || typeof port_end !== "number") return { facts };
    return { facts: [...facts, fact(BGP_PORTS, "", key, { first: port_start, last: port_end })] };
  },
};
